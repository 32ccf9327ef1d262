//! Whether a list speaks of a certificate, and of which reasons (RFC 5280 6.3.3 (b) and (d)).

use crate::formats::crl::RevocationList;
use crate::formats::x509::{
    Certificate, DistributionPoint, GeneralName, IssuingDistributionPoint, Name, PointName, Reasons,
};

/// The reasons for which `list` speaks of `certificate` by way of `point`; `None` when it does not.
pub(super) fn covered(
    list: &RevocationList,
    certificate: &Certificate,
    point: &DistributionPoint,
) -> Option<Reasons> {
    let nothing = IssuingDistributionPoint::default();
    let scope = list.scope().unwrap_or(&nothing);
    let is_issuer = if point.crl_issuer.is_empty() {
        list.issuer() == certificate.issuer()
    } else {
        point.crl_issuer.contains(list.issuer())
            && (scope.is_indirect || list.issuer() == certificate.issuer())
    };
    let is_ca = certificate
        .basic_constraints()
        .is_some_and(|constraints| constraints.ca);
    let is_other_kind = scope.only_attribute_certificates
        || scope.only_user_certificates && is_ca
        || scope.only_ca_certificates && !is_ca;
    if !is_issuer || is_other_kind || !is_place(scope, list, certificate, point) {
        return None;
    }
    let of_list = scope.only_some_reasons.unwrap_or(Reasons::ALL);
    let of_point = point.reasons.unwrap_or(Reasons::ALL);
    Some(of_list.and(of_point))
}

/// Whether the list is one that is published at the point, where it says where.
fn is_place(
    scope: &IssuingDistributionPoint,
    list: &RevocationList,
    certificate: &Certificate,
    point: &DistributionPoint,
) -> bool {
    let Some(of_list) = &scope.name else {
        return true;
    };
    let wanted: Vec<Place<'_>> = match &point.name {
        Some(name) => {
            let base = point.crl_issuer.first().unwrap_or(certificate.issuer());
            places(name, base)
        }
        None => point
            .crl_issuer
            .iter()
            .map(|name| Place::Directory(name.canonical().to_vec()))
            .collect(),
    };
    places(of_list, list.issuer())
        .iter()
        .any(|place| wanted.contains(place))
}

/// A name that can be compared. Forms that are kept in part only never match.
#[derive(PartialEq)]
enum Place<'a> {
    Text(&'a GeneralName),
    Directory(Vec<u8>),
}

fn places<'a>(name: &'a PointName, base: &Name) -> Vec<Place<'a>> {
    match name {
        PointName::Full(names) => names
            .iter()
            .filter_map(|name| match name {
                GeneralName::Directory(name) => Some(Place::Directory(name.canonical().to_vec())),
                GeneralName::Other(..) => None,
                other => Some(Place::Text(other)),
            })
            .collect(),
        PointName::Relative(set) => base
            .with_rdn(set)
            .map(|name| Place::Directory(name.canonical().to_vec()))
            .into_iter()
            .collect(),
    }
}
