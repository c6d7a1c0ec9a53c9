//! What the benches share: the client that drives every server alike, the servers as processes,
//! and people for the product. No server's internals are known here: all is seen from outside.

pub mod client;
pub mod crowd;
pub mod installation;
pub mod process;

/// The middle of some figures.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
