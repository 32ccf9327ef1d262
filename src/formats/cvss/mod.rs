//! CVSS 2.0, 3.0 and 3.1 vectors, and the scores that they make (first.org/cvss).

mod metric;
mod vector;
mod version_2;
mod version_3;

pub use metric::{Group, Metric, MetricValue};
pub use vector::{Scores, Vector, VectorError, Version};
