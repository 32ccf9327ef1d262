//! Random and mutated packages: always an answer, never more coverage than the bytes deserve.

use proptest::prelude::*;

use super::builder::{Builder, PAYLOAD, Value};
use super::{Coverage, RpmPackage};

/// Whatever the bytes: an answer.
fn reads(file: &[u8]) -> Option<(RpmPackage, Vec<Coverage>)> {
    let file = file.to_vec();
    let package = RpmPackage::read(&file).ok()?;
    let measured = package.measure(&file).unwrap();
    assert_eq!(measured.digests.len(), package.digests.len());
    let layout = &package.layout;
    assert!(layout.signature_header.end <= layout.main_header.start);
    assert_eq!(layout.main_header.end, layout.payload.start);
    assert_eq!(layout.payload.end, file.len() as u64);
    let coverage = package
        .signatures
        .iter()
        .map(|signature| package.coverage(signature, &measured))
        .collect();
    Some((package, coverage))
}

fn signed(version6: bool) -> Builder {
    if version6 {
        Builder::v6(PAYLOAD).signed(278, Value::Texts(vec!["cGFja2V0".into(); 2]))
    } else {
        Builder::v4(PAYLOAD).signed(268, Value::Binary(b"packet".to_vec()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_bytes_never_panic(mut file in proptest::collection::vec(any::<u8>(), 0..700), start in 0u8..3) {
        let whole = signed(false).build();
        let sound = [0, 112, 240][usize::from(start)];
        if file.len() > sound {
            file[..sound].copy_from_slice(&whole[..sound]);
        }
        reads(&file);
    }

    /// A change of one signed byte, or of the payload, is never covered with the old header digest.
    #[test]
    fn mutated_packages_never_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        keep in 0u8..4,
        version6: bool,
    ) {
        let whole = signed(version6).build();
        let (before, _) = reads(&whole).unwrap();
        let mut file = whole.clone();
        for (index, value) in changes {
            let at = index.index(file.len());
            file[at] = value;
        }
        if keep == 0 {
            file.truncate(cut.index(file.len()));
        }
        let Some((after, coverage)) = reads(&file) else { return Ok(()) };
        let bytes = |file: &[u8], package: &RpmPackage| {
            let header = &package.layout.main_header;
            let from = usize::try_from(header.start).unwrap();
            let to = usize::try_from(header.end).unwrap();
            (file[from..to].to_vec(), file[to..].to_vec())
        };
        let ((old_header, old_payload), (header, payload)) =
            (bytes(&whole, &before), bytes(&file, &after));
        // Under the signed header, another payload is never covered.
        if header == old_header && payload != old_payload {
            for covered in coverage {
                let whole = matches!(covered, Coverage::Whole { .. });
                prop_assert!(!whole);
            }
        }
    }

    /// Words of the headers, where counts, offsets and sizes are.
    #[test]
    fn mutated_words_never_panic(
        changes in proptest::collection::vec((0usize..170, prop_oneof![any::<u32>(), 0u32..70, Just(u32::MAX)]), 1..4),
        version6: bool,
    ) {
        let mut file = signed(version6).build();
        for (word, value) in changes {
            let at = 96 + 4 * word;
            if at + 4 <= file.len() {
                file[at..at + 4].copy_from_slice(&value.to_be_bytes());
            }
        }
        reads(&file);
    }
}
