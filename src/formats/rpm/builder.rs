//! A maker of small RPM packages for tests: sound by default, with knobs for each fault. It leans on
//! nothing of the reader, so that integration tests can include it too.

use aws_lc_rs::digest as provider;
use md5::Digest as _;

/// The content of an entry.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int32(Vec<u32>),
    Int64(Vec<u64>),
    Text(String),
    Texts(Vec<String>),
    Binary(Vec<u8>),
    /// Type, count and bytes as they are.
    Raw(u32, u32, Vec<u8>),
}

impl Value {
    /// Type, count, alignment and bytes.
    fn encoded(&self) -> (u32, u32, usize, Vec<u8>) {
        let count = |length: usize| u32::try_from(length).unwrap();
        match self {
            Self::Int32(values) => {
                let bytes = values.iter().flat_map(|v| v.to_be_bytes()).collect();
                (4, count(values.len()), 4, bytes)
            }
            Self::Int64(values) => {
                let bytes = values.iter().flat_map(|v| v.to_be_bytes()).collect();
                (5, count(values.len()), 8, bytes)
            }
            Self::Text(text) => (6, 1, 1, [text.as_bytes(), b"\0"].concat()),
            Self::Texts(texts) => {
                let bytes = texts.iter().flat_map(|t| [t.as_bytes(), b"\0"].concat());
                (8, count(texts.len()), 1, bytes.collect())
            }
            Self::Binary(bytes) => (7, count(bytes.len()), 1, bytes.clone()),
            Self::Raw(kind, items, bytes) => (*kind, *items, align(*kind), bytes.clone()),
        }
    }
}

pub(crate) fn align(kind: u32) -> usize {
    match kind {
        3 => 2,
        4 => 4,
        5 => 8,
        _ => 1,
    }
}

/// A header in the making.
#[derive(Debug, Clone)]
pub(crate) struct HeaderBuilder {
    /// 62, 63, or no region at all.
    pub(crate) region: Option<u32>,
    pub(crate) entries: Vec<(u32, Value)>,
    /// Entries outside the region.
    pub(crate) dribbles: Vec<(u32, Value)>,
    /// Bytes of data after everything.
    pub(crate) tail: Vec<u8>,
}

impl HeaderBuilder {
    pub(crate) fn new(region: u32, entries: Vec<(u32, Value)>) -> Self {
        Self {
            region: Some(region),
            entries,
            dribbles: Vec::new(),
            tail: Vec::new(),
        }
    }

    /// The header from its magic on.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut index = Vec::new();
        let mut data = Vec::new();
        let put = |index: &mut Vec<u8>, data: &mut Vec<u8>, tag: u32, value: &Value| {
            let (kind, count, alignment, bytes) = value.encoded();
            data.resize(data.len().next_multiple_of(alignment), 0);
            for field in [tag, kind, u32::try_from(data.len()).unwrap(), count] {
                index.extend(field.to_be_bytes());
            }
            data.extend(bytes);
        };
        for (tag, value) in &self.entries {
            put(&mut index, &mut data, *tag, value);
        }
        if let Some(region) = self.region {
            let offset = u32::try_from(data.len()).unwrap();
            let entry: Vec<u8> = [region, 7, offset, 16]
                .iter()
                .flat_map(|field| field.to_be_bytes())
                .collect();
            index.splice(0..0, entry);
            let back = u32::try_from(index.len()).unwrap().wrapping_neg();
            for field in [region, 7, back, 16] {
                data.extend(field.to_be_bytes());
            }
        }
        for (tag, value) in &self.dribbles {
            put(&mut index, &mut data, *tag, value);
        }
        data.extend(&self.tail);
        let mut header = vec![0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
        header.extend(u32::try_from(index.len() / 16).unwrap().to_be_bytes());
        header.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        header.extend(index);
        header.extend(data);
        header
    }
}

/// What to build. [`Builder::v4`] and [`Builder::v6`] are sound packages without signature.
#[derive(Debug, Clone)]
pub(crate) struct Builder {
    pub(crate) lead: Vec<u8>,
    pub(crate) main: HeaderBuilder,
    /// Entries of the signature header beside digests and size: the signatures, mostly.
    pub(crate) signatures: Vec<(u32, Value)>,
    /// The digests and sizes of these bytes are stated.
    pub(crate) payload: Vec<u8>,
    /// Whether the unsigned header has the digests of version 6, else those of version 4.
    pub(crate) version6: bool,
}

pub(crate) const PAYLOAD: &[u8] = b"not a cpio archive, but nobody unpacks it";

impl Builder {
    pub(crate) fn v4(payload: &[u8]) -> Self {
        let mut main = named();
        main.push((5092, Value::Texts(vec![hex(&provider::SHA256, payload)])));
        main.push((5093, Value::Int32(vec![8])));
        Self::with(main, payload, false)
    }

    pub(crate) fn v6(payload: &[u8]) -> Self {
        let unpacked = [payload, b", unpacked"].concat();
        let mut main = named();
        for (tag, bytes) in [(5092, payload), (5097, &unpacked)] {
            main.push((tag, Value::Texts(vec![hex(&provider::SHA256, bytes)])));
        }
        for (tag, bytes) in [(5112, payload), (5113, &unpacked)] {
            main.push((tag, Value::Int64(vec![bytes.len() as u64])));
        }
        main.push((5114, Value::Int32(vec![6])));
        for (tag, algorithm, bytes) in [
            (5121, &provider::SHA512, payload),
            (5122, &provider::SHA512, &unpacked),
            (5123, &provider::SHA3_256, payload),
            (5124, &provider::SHA3_256, &unpacked),
        ] {
            main.push((tag, Value::Text(hex(algorithm, bytes))));
        }
        Self::with(main, payload, true)
    }

    fn with(main: Vec<(u32, Value)>, payload: &[u8], version6: bool) -> Self {
        let mut lead = vec![0; 96];
        lead[..5].copy_from_slice(&[0xed, 0xab, 0xee, 0xdb, 3]);
        lead[79] = 5;
        Self {
            lead,
            main: HeaderBuilder::new(63, main),
            signatures: Vec::new(),
            payload: payload.to_vec(),
            version6,
        }
    }

    pub(crate) fn signed(mut self, tag: u32, packet: Value) -> Self {
        self.signatures.push((tag, packet));
        self
    }

    /// Puts another value into the main header, in the place of the tag or at its end.
    pub(crate) fn set(mut self, tag: u32, value: Value) -> Self {
        self.main.entries.retain(|(there, _)| *there != tag);
        self.main.entries.push((tag, value));
        self.main.entries.sort_by_key(|(tag, _)| *tag);
        self
    }

    pub(crate) fn without(mut self, tag: u32) -> Self {
        self.main.entries.retain(|(there, _)| *there != tag);
        self
    }

    /// The signature header that fits main header and payload.
    pub(crate) fn signature_header(&self) -> HeaderBuilder {
        let main = self.main.build();
        let all = [main.as_slice(), &self.payload].concat();
        let mut entries = self.signatures.clone();
        entries.push((273, Value::Text(hex(&provider::SHA256, &main))));
        if self.version6 {
            entries.push((279, Value::Text(hex(&provider::SHA3_256, &main))));
            entries.push((999, Value::Binary(vec![0; 32])));
        } else {
            let sha1 = hex(&provider::SHA1_FOR_LEGACY_USE_ONLY, &main);
            entries.push((269, Value::Text(sha1)));
            let size = u32::try_from(all.len()).unwrap();
            entries.push((1000, Value::Int32(vec![size])));
            let md5 = md5::Md5::digest(&all).to_vec();
            entries.push((1004, Value::Binary(md5)));
            entries.push((1008, Value::Binary(vec![0; 32])));
        }
        entries.sort_by_key(|(tag, _)| *tag);
        HeaderBuilder::new(62, entries)
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        self.assemble(&self.signature_header(), &self.main.build(), &self.payload)
    }

    /// A file of these parts, fitting or not.
    pub(crate) fn assemble(
        &self,
        signature: &HeaderBuilder,
        main: &[u8],
        payload: &[u8],
    ) -> Vec<u8> {
        let mut file = self.lead.clone();
        file.extend(signature.build());
        file.resize(file.len().next_multiple_of(8), 0);
        file.extend(main);
        file.extend(payload);
        file
    }
}

fn named() -> Vec<(u32, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    vec![
        (1000, text("bosun")),
        (1001, text("1.2")),
        (1002, text("3")),
        (1003, Value::Int32(vec![4])),
        (1011, text("Bosun Works")),
        (1022, text("noarch")),
        (1044, text("bosun-1.2-3.src.rpm")),
    ]
}

pub(crate) fn hex(algorithm: &'static provider::Algorithm, bytes: &[u8]) -> String {
    provider::digest(algorithm, bytes)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
