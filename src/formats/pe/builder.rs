//! A maker of small PE images for tests: sound by default, with knobs for each fault.

/// What to build. `default()` is a sound PE32+ of two sections without a signature.
#[derive(Debug, Clone)]
pub(crate) struct Builder {
    pub(crate) plus: bool,
    pub(crate) subsystem: u16,
    /// Content of each section, padded to `alignment`.
    pub(crate) sections: Vec<Vec<u8>>,
    /// Bytes left out before each section.
    pub(crate) gap: u32,
    /// Bytes after the last section.
    pub(crate) overlay: Vec<u8>,
    /// `WIN_CERTIFICATE` entries: type and content, each aligned to 8.
    pub(crate) certificates: Vec<(u16, Vec<u8>)>,
    /// Bytes after the certificate table.
    pub(crate) tail: Vec<u8>,
    pub(crate) directories: u32,
    pub(crate) alignment: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            plus: true,
            subsystem: 3,
            sections: vec![vec![0xc3; 700], vec![1, 2, 3]],
            gap: 0,
            overlay: Vec::new(),
            certificates: Vec::new(),
            tail: Vec::new(),
            directories: 16,
            alignment: 512,
        }
    }
}

/// Where the PE signature stands in every built image.
pub(crate) const NEW_HEADER: usize = 0x80;
/// Where the optional header starts.
pub(crate) const OPTIONAL: usize = NEW_HEADER + 24;

impl Builder {
    /// A sound image that carries these bytes as its CMS.
    pub(crate) fn signed(cms: &[u8]) -> Self {
        Self {
            certificates: vec![(2, cms.to_vec())],
            ..Self::default()
        }
    }

    /// The offset of the certificate table's directory entry.
    pub(crate) fn directory(&self) -> usize {
        OPTIONAL + if self.plus { 144 } else { 128 }
    }

    /// The offset of a section's line in the section table.
    pub(crate) fn section_line(&self, index: usize) -> usize {
        OPTIONAL + self.optional_size() + 40 * index
    }

    fn optional_size(&self) -> usize {
        (if self.plus { 112 } else { 96 }) + 8 * self.directories as usize
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let alignment = self.alignment as usize;
        let headers = self
            .section_line(self.sections.len())
            .next_multiple_of(alignment);
        let mut file = vec![0; headers];
        file[..2].copy_from_slice(b"MZ");
        put(&mut file, 0x3c, u32::try_from(NEW_HEADER).unwrap());
        file[NEW_HEADER..NEW_HEADER + 4].copy_from_slice(b"PE\0\0");
        put16(&mut file, NEW_HEADER + 4, 0x8664);
        put16(&mut file, NEW_HEADER + 6, self.sections.len());
        put16(&mut file, NEW_HEADER + 20, self.optional_size());
        put16(&mut file, OPTIONAL, if self.plus { 0x20b } else { 0x10b });
        put(&mut file, OPTIONAL + 36, self.alignment);
        put(&mut file, OPTIONAL + 60, u32::try_from(headers).unwrap());
        put(&mut file, OPTIONAL + 64, 0xdead_beef);
        put16(&mut file, OPTIONAL + 68, usize::from(self.subsystem));
        let count = OPTIONAL + if self.plus { 108 } else { 92 };
        put(&mut file, count, self.directories);
        for (index, content) in self.sections.iter().enumerate() {
            let start = file.len() + self.gap as usize;
            let length = content.len().next_multiple_of(alignment);
            let line = self.section_line(index);
            file[line..line + 5].copy_from_slice(b".text");
            put(&mut file, line + 16, u32::try_from(length).unwrap());
            put(&mut file, line + 20, u32::try_from(start).unwrap());
            file.resize(start, 0xee);
            file.extend(content);
            file.resize(start + length, 0);
        }
        file.extend(&self.overlay);
        self.sign(&mut file);
        file.extend(&self.tail);
        file
    }

    fn sign(&self, file: &mut Vec<u8>) {
        if self.certificates.is_empty() {
            return;
        }
        file.resize(file.len().next_multiple_of(8), 0);
        let start = file.len();
        for (kind, content) in &self.certificates {
            let length = u32::try_from(8 + content.len()).unwrap();
            file.extend(length.to_le_bytes());
            file.extend(0x200u16.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(content);
            file.resize(file.len().next_multiple_of(8), 0);
        }
        let size = u32::try_from(file.len() - start).unwrap();
        let directory = self.directory();
        put(file, directory, u32::try_from(start).unwrap());
        put(file, directory + 4, size);
    }
}

/// Writes a little-endian 32-bit field.
pub(crate) fn put(file: &mut [u8], at: usize, value: u32) {
    file[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// Writes a little-endian 16-bit field.
pub(crate) fn put16(file: &mut [u8], at: usize, value: usize) {
    file[at..at + 2].copy_from_slice(&u16::try_from(value).unwrap().to_le_bytes());
}
