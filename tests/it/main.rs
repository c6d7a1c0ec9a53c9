//! The one integration test binary: a file per feature, driven through the real doors.

mod floors;
