//! `anchorwatch show`.
pub(super) fn run(_a: &super::arguments::ShowArguments) -> anyhow::Result<u8> { Ok(0) }
