//! What a JSON manifest says about its package besides the files. Claims, until signed.

use super::json::Json;

/// A dependency as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    /// The version, range or source as written; empty when none is.
    pub requirement: String,
}

/// The manifest's own words, untrusted and unbounded by any vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    pub vendor: Option<String>,
    pub product: Option<String>,
    pub version: Option<String>,
    /// The date of the package, as written.
    pub date: Option<String>,
    /// What is said about a reboot, such as `recommended`.
    pub reboot: Option<String>,
    pub dependencies: Vec<Dependency>,
}

const GROUPS: [&str; 5] = ["package", "metadata", "product", "release", "manifest"];
const DEPENDENCIES: [&str; 7] = [
    "dependencies",
    "requires",
    "depends",
    "require",
    "prerequisites",
    "requirements",
    "dependson",
];

impl Declared {
    pub(super) fn from_json(manifest: &Json) -> Self {
        // The top's own fields win over those of a group.
        let places: Vec<&Json> = std::iter::once(manifest)
            .chain(GROUPS.iter().filter_map(|group| manifest.field(&[group])))
            .collect();
        let find = |names: &[&str]| places.iter().find_map(|place| word(place.field(names)?));
        Self {
            vendor: find(&[
                "vendor",
                "vendorname",
                "publisher",
                "manufacturer",
                "company",
            ]),
            product: find(&["product", "productname", "name", "packagename", "title"]),
            version: find(&["version", "packageversion", "productversion", "release"]),
            date: find(&[
                "date",
                "released",
                "releasedate",
                "builddate",
                "buildtime",
                "created",
                "createdat",
                "timestamp",
                "published",
                "generated",
                "generatedat",
            ]),
            reboot: find(&[
                "reboot",
                "rebootrequired",
                "requiresreboot",
                "rebootpolicy",
                "restart",
                "restartrequired",
            ]),
            dependencies: places
                .iter()
                .filter_map(|place| place.field(&DEPENDENCIES))
                .flat_map(dependencies)
                .collect(),
        }
    }
}

/// A value as one word; for an object its name or policy.
fn word(value: &Json) -> Option<String> {
    match value {
        Json::Text(text) => Some(text.clone()),
        Json::Bool(true) => Some("required".to_owned()),
        Json::Bool(false) => Some("not required".to_owned()),
        Json::Number(_, Some(number)) => Some(number.to_string()),
        Json::Number(number, None) => Some(number.to_string()),
        Json::Object(_) => value
            .field(&["name", "policy", "value"])
            .and_then(Json::text)
            .map(str::to_owned),
        Json::Null | Json::List(_) => None,
    }
}

fn dependencies(value: &Json) -> Vec<Dependency> {
    match value {
        Json::Object(fields) => fields
            .iter()
            .map(|(name, requirement)| Dependency {
                name: name.clone(),
                requirement: requirement_of(requirement),
            })
            .collect(),
        Json::List(items) => items.iter().filter_map(listed).collect(),
        Json::Text(text) => vec![written(text)],
        _ => vec![],
    }
}

fn requirement_of(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        Json::Object(_) => value
            .field(&[
                "version",
                "range",
                "constraint",
                "versionrange",
                "requirement",
                "url",
                "git",
                "source",
            ])
            .and_then(word)
            .unwrap_or_default(),
        _ => word(value).unwrap_or_default(),
    }
}

fn listed(item: &Json) -> Option<Dependency> {
    match item {
        Json::Text(text) => Some(written(text)),
        Json::Object(_) => Some(Dependency {
            name: item
                .field(&["name", "package", "id", "product"])
                .and_then(word)?,
            requirement: requirement_of(item),
        }),
        _ => None,
    }
}

/// `name>=1.0`, `name (>= 1.0)`, `name 1.0`, `name@latest`, or a bare name.
fn written(text: &str) -> Dependency {
    let text = text.trim();
    let end = text
        .find(|c: char| {
            matches!(c, '<' | '>' | '=' | '~' | '^' | '!' | '(' | '@') || c.is_whitespace()
        })
        // A scoped name begins with `@`.
        .filter(|at| *at > 0)
        .unwrap_or(text.len());
    let (name, requirement) = text.split_at(end);
    Dependency {
        name: name.to_owned(),
        requirement: requirement
            .trim_matches(|c: char| matches!(c, '(' | ')' | '@') || c.is_whitespace())
            .to_owned(),
    }
}
