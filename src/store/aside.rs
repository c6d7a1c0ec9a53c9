//! Generations that are out of use and kept all the same: nothing of somebody's is thrown away.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::error::StoreError;
use super::folder::{Folder, names, sync_dir};

/// Why a generation is out of use and kept all the same. The file in it that says so tells more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is damaged.
    Damaged,
    /// A backup has taken its place.
    Replaced,
}

impl Mark {
    const ALL: [Self; 2] = [Self::Damaged, Self::Replaced];

    /// The name of the file.
    fn file(self) -> &'static str {
        match self {
            Self::Damaged => "DAMAGED",
            Self::Replaced => "REPLACED",
        }
    }

    /// That of a generation, if it has one.
    pub fn of(generation: &Path) -> Option<Self> {
        let marked = |mark: &Self| generation.join(mark.file()).exists();
        Self::ALL.into_iter().find(marked)
    }

    /// What the name of its folder begins with, once it is set aside.
    fn prefix(self) -> &'static str {
        match self {
            Self::Damaged => "damaged-",
            Self::Replaced => "replaced-",
        }
    }
}

/// A generation that is kept and not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// The name of its folder in the data folder.
    pub name: String,
    /// What happened.
    pub why: String,
}

impl Folder {
    /// Keeps a generation under a name by which nothing touches it again.
    pub(super) fn set_aside(&self, name: &str, mark: Mark) -> Result<(), StoreError> {
        let from = self.path().join(name);
        let named = |number| {
            self.path()
                .join(format!("{}{name}-{number}", mark.prefix()))
        };
        let free = |number: &u32| !named(*number).exists();
        let aside = named((1..u32::MAX).find(free).unwrap_or(u32::MAX));
        fs::rename(&from, &aside).map_err(StoreError::io("rename", &from))?;
        tracing::warn!(set_aside = %aside.display(), "the database before is kept");
        Ok(())
    }

    /// What was set aside and is still there.
    pub fn set_asides(&self) -> Vec<SetAside> {
        let names = names(self.path()).unwrap_or_default();
        let why = |name: &String| {
            let mark = Mark::ALL
                .into_iter()
                .find(|mark| name.starts_with(mark.prefix()))?;
            let told = fs::read_to_string(self.path().join(name).join(mark.file()));
            Some(told.unwrap_or_default().trim_end().to_owned())
        };
        let told = |name: String| {
            Some(SetAside {
                why: why(&name)?,
                name,
            })
        };
        let mut all: Vec<_> = names.into_iter().filter_map(told).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }
}

/// Marks a generation, so that it is set aside instead of removed when it is a leftover.
pub fn mark(generation: &Path, mark: Mark, why: &str) -> Result<(), StoreError> {
    let path = generation.join(mark.file());
    File::create(&path)
        .and_then(|mut file| {
            writeln!(file, "{why}")?;
            file.sync_all()
        })
        .map_err(StoreError::io("create", &path))?;
    sync_dir(generation)
}
