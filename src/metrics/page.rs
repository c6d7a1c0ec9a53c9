//! What a monitoring system reads: `OpenMetrics` text, which Prometheus and all that follow it know, and
//! those that know only its older form can read.

use prometheus_client::encoding::text::{encode, encode_registry};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};

use super::Meters;

/// The media type of [`Page::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A page in the making. Names get the prefix `inkspot_`, those of the process `process_`.
#[derive(Debug)]
pub struct Page {
    own: Registry,
    process: Registry,
}

impl Page {
    /// A page with all instruments.
    pub fn new(meters: &Meters) -> Self {
        let mut own = Registry::with_prefix("inkspot");
        meters.register(&mut own);
        Self {
            own,
            process: Registry::with_prefix("process"),
        }
    }

    /// A number that goes up and down.
    pub fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.own.register(name, help, ConstGauge::new(value));
    }

    /// Bytes; `_bytes` is added to the name.
    pub fn bytes(&mut self, name: &str, help: &str, value: u64) {
        let value = ConstGauge::new(value);
        self.own.register_with_unit(name, help, Unit::Bytes, value);
    }

    /// Seconds; `_seconds` is added to the name.
    pub fn seconds(&mut self, name: &str, help: &str, value: f64) {
        let value = ConstGauge::new(value);
        self.own
            .register_with_unit(name, help, Unit::Seconds, value);
    }

    /// Numbers that go up and down, one for each value of a label.
    pub fn gauges(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: &[(&'static str, u64)],
    ) {
        let family = Family::<[(&'static str, &'static str); 1], Gauge>::default();
        for (of, value) in values {
            let gauge = family.get_or_create_owned(&[(label, *of)]);
            gauge.set(i64::try_from(*value).unwrap_or(i64::MAX));
        }
        self.own.register(name, help, family);
    }

    /// A number that only grows; `_total` is added to the name.
    pub fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.own.register(name, help, ConstCounter::new(value));
    }

    /// A number of the process that goes up and down.
    pub fn process(&mut self, name: &str, help: &str, value: f64) {
        self.process.register(name, help, ConstGauge::new(value));
    }

    /// A number of the process that only grows; `_total` is added to the name.
    pub fn process_counter(&mut self, name: &str, help: &str, value: f64) {
        self.process.register(name, help, ConstCounter::new(value));
    }

    /// The page as text.
    pub fn text(self) -> String {
        let mut text = String::new();
        // Writing to a string can't fail, and numbers can always be written.
        let _ = encode_registry(&mut text, &self.process);
        let _ = encode(&mut text, &self.own);
        text
    }
}
