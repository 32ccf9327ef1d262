//! What is to be thought of CSAF documents, and of the provider that hands them out.

pub mod conformance;
