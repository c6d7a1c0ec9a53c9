//! What every engine behind the key-value seam must do. One suite, run on sled and on redb.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use inkspot::store::StoreError;
use inkspot::store::kv::{Kv, Order, SledKv};
use proptest::prelude::*;

use super::redb::RedbKv;

type Open = fn(&Path) -> Box<dyn Kv>;
type Row = (Vec<u8>, Vec<u8>);

fn open_sled(dir: &Path) -> Box<dyn Kv> {
    Box::new(SledKv::open(dir, 16 << 20).unwrap())
}

fn open_redb(dir: &Path) -> Box<dyn Kv> {
    Box::new(RedbKv::open(dir))
}

fn on_every_engine(contract: impl Fn(Open, &Path)) {
    for open in [open_sled as Open, open_redb] {
        let dir = tempfile::tempdir().unwrap();
        contract(open, &dir.path().join("engine"));
    }
}

fn put(kv: &dyn Kv, rows: &[(&[u8], Option<&[u8]>)]) {
    kv.write(&mut rows.iter().copied()).unwrap();
}

fn rows(kv: &dyn Kv, from: &[u8], to: &[u8], order: Order, limit: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    kv.scan(from, to, order, &mut |key, value| {
        rows.push((key.to_vec(), value.to_vec()));
        Ok(if rows.len() < limit {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })
    .unwrap();
    rows
}

#[test]
fn a_group_sets_replaces_and_removes_together() {
    on_every_engine(|open, dir| {
        let kv = open(dir);
        assert_eq!(kv.get(b"a").unwrap(), None);
        put(
            &*kv,
            &[(b"a", Some(b"1")), (b"b", Some(b"2")), (b"c", Some(b""))],
        );
        put(&*kv, &[(b"a", Some(b"3")), (b"b", None), (b"never", None)]);
        assert_eq!(kv.get(b"a").unwrap().as_deref(), Some(&b"3"[..]));
        assert_eq!(kv.get(b"b").unwrap(), None);
        assert_eq!(kv.get(b"c").unwrap().as_deref(), Some(&b""[..]));
        put(&*kv, &[]);
        kv.sync().unwrap();
    });
}

#[test]
fn a_scan_keeps_its_bounds_its_order_and_stops_when_told() {
    on_every_engine(|open, dir| {
        let kv = open(dir);
        for key in [&[1_u8][..], &[1, 0], &[1, 255], &[2], &[2, 0], &[255, 255]] {
            put(&*kv, &[(key, Some(key))]);
        }
        let keys = |from: &[u8], to: &[u8], order, limit| -> Vec<Vec<u8>> {
            let rows = rows(&*kv, from, to, order, limit);
            rows.into_iter().map(|(key, _)| key).collect()
        };
        let inner = vec![vec![1], vec![1, 0], vec![1, 255]];
        assert_eq!(keys(&[1], &[2], Order::Forward, 9), inner);
        let reversed: Vec<_> = inner.into_iter().rev().collect();
        assert_eq!(keys(&[1], &[2], Order::Backward, 9), reversed);
        assert_eq!(keys(&[1, 0], &[2, 0], Order::Forward, 2).len(), 2);
        assert_eq!(keys(&[2], &[1], Order::Forward, 9).len(), 0);
        assert_eq!(keys(&[2], &[2], Order::Backward, 9).len(), 0);
        assert_eq!(keys(&[], &[255, 255], Order::Backward, 9).len(), 5);
    });
}

#[test]
fn an_error_of_the_visitor_ends_the_scan_and_comes_back() {
    on_every_engine(|open, dir| {
        let kv = open(dir);
        put(&*kv, &[(b"a", Some(b"1")), (b"b", Some(b"2"))]);
        let mut seen = 0;
        let result = kv.scan(b"a", b"z", Order::Forward, &mut |_, _| {
            seen += 1;
            Err(StoreError::Poisoned)
        });
        assert!(matches!(result, Err(StoreError::Poisoned)));
        assert_eq!(seen, 1);
    });
}

#[test]
fn what_was_synced_is_there_when_it_is_opened_again_at_once() {
    on_every_engine(|open, dir| {
        for round in 0..5_u8 {
            let kv = open(dir);
            for before in 0..round {
                assert_eq!(kv.get(&[before]).unwrap(), Some(vec![before; 4096]));
            }
            put(&*kv, &[(&[round], Some(&[round; 4096]))]);
            kv.sync().unwrap();
        }
    });
}

#[test]
fn readers_see_groups_whole_while_they_are_written() {
    on_every_engine(|open, dir| {
        let kv = open(dir);
        put(&*kv, &[(b"x", Some(&[0])), (b"y", Some(&[0]))]);
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 1..=200_u8 {
                    put(&*kv, &[(b"x", Some(&[n])), (b"y", Some(&[n]))]);
                }
                done.store(true, std::sync::atomic::Ordering::Release);
            });
            while !done.load(std::sync::atomic::Ordering::Acquire) {
                let x = kv.get(b"x").unwrap().unwrap();
                let y = kv.get(b"y").unwrap().unwrap();
                assert!(y >= x, "y was written with x or after it");
            }
        });
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Random groups against a map: the same rows in every range, also after opening again.
    #[test]
    fn an_engine_is_an_ordered_map(
        groups in prop::collection::vec(
            prop::collection::btree_map(
                prop::collection::vec(0_u8..4, 1..5),
                prop::option::of(prop::collection::vec(any::<u8>(), 0..200)),
                0..20,
            ),
            1..12,
        ),
        from in prop::collection::vec(0_u8..4, 0..4),
        to in prop::collection::vec(0_u8..4, 0..4),
    ) {
        on_every_engine(|open, dir| {
            let mut model = BTreeMap::new();
            {
                let kv = open(dir);
                for group in &groups {
                    let mut changes = group.iter().map(|(key, value)| (&key[..], value.as_deref()));
                    kv.write(&mut changes).unwrap();
                    for (key, value) in group {
                        match value {
                            Some(value) => model.insert(key.clone(), value.clone()),
                            None => model.remove(key),
                        };
                    }
                }
                kv.sync().unwrap();
            }
            let kv = open(dir);
            let inside = |key: &[u8]| key >= &from[..] && key < &to[..];
            let mut wanted: Vec<Row> = model
                .iter()
                .filter(|(key, _)| inside(key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            assert_eq!(rows(&*kv, &from, &to, Order::Forward, usize::MAX), wanted);
            wanted.reverse();
            assert_eq!(rows(&*kv, &from, &to, Order::Backward, usize::MAX), wanted);
            let all: Vec<Row> = model.into_iter().collect();
            assert_eq!(rows(&*kv, &[], &[9], Order::Forward, usize::MAX), all);
        });
    }
}
