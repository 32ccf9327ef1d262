//! Canonical JSON (OLPC's form, which TUF signs): sorted keys, no spaces, only `"` and `\` escaped.

use crate::formats::programme::json::Json;

/// The bytes that were signed; `None` when a number is no whole number, which the form lacks.
pub(super) fn canonical(json: &Json) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    write(json, &mut bytes)?;
    Some(bytes)
}

fn write(json: &Json, into: &mut Vec<u8>) -> Option<()> {
    match json {
        Json::Null => into.extend_from_slice(b"null"),
        Json::Bool(true) => into.extend_from_slice(b"true"),
        Json::Bool(false) => into.extend_from_slice(b"false"),
        Json::Number(_, number) => into.extend_from_slice((*number)?.to_string().as_bytes()),
        Json::Text(value) => text(value, into),
        Json::List(items) => {
            into.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    into.push(b',');
                }
                write(item, into)?;
            }
            into.push(b']');
        }
        Json::Object(fields) => {
            // By code points, which is the order of UTF-8 bytes.
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
            into.push(b'{');
            for (index, (name, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    into.push(b',');
                }
                text(name, into);
                into.push(b':');
                write(value, into)?;
            }
            into.push(b'}');
        }
    }
    Some(())
}

fn text(value: &str, into: &mut Vec<u8>) {
    into.push(b'"');
    for byte in value.bytes() {
        if matches!(byte, b'"' | b'\\') {
            into.push(b'\\');
        }
        into.push(byte);
    }
    into.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::programme::json::parse;

    #[test]
    fn the_form_is_that_of_the_specification() {
        let cases = [
            (
                r#"{"b":1,"a":[true,null,"x"]}"#,
                Some(r#"{"a":[true,null,"x"],"b":1}"#),
            ),
            (
                r#"{ "t" : "a\"\\\n\u00e9/" }"#,
                Some("{\"t\":\"a\\\"\\\\\né/\"}"),
            ),
            (r#"{"n":1.5}"#, None),
            (r#"{"n":-1}"#, None),
        ];
        for (text, expected) in cases {
            let json = parse(text.as_bytes()).unwrap();
            let found = canonical(&json).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
