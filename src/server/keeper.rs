//! Sees to the certificate of a public authority: kept in the data directory, renewed in time.
//! Whatever goes wrong, the one in use stays, and it is said what helps.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::StartError;
use super::disk::{create_private_dir, write_private};
use super::names::Name;
use super::public::{Kept, Public};
use super::signals::ReloadSignal;
use crate::acme::{self, Authority, Cause, Issued, Proof, Trouble, Window};
use crate::base::clock::{Clock, Timestamp};
use crate::base::rng::Rng;
use crate::model::certificate::{Advice, CertificateState, CertificateTrouble};

const HOUR: Duration = Duration::from_hours(1);
/// The longest sleep: the machine's clock may have been wrong when it was decided.
const LONGEST_SLEEP: Duration = Duration::from_hours(6);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_hours(4);
/// However much an authority urges, it is not asked for another certificate sooner.
const LEAST_AGE: Duration = Duration::from_hours(6);

/// Keeps it in order.
pub(super) struct Keeper {
    public: Arc<Public>,
    authority: Authority,
    names: Vec<String>,
    dir: PathBuf,
    /// The one that worked last comes first.
    proofs: Vec<Proof>,
    /// What is shown fits the settings.
    fits: bool,
    /// Where in a window this server asks.
    chance: u64,
    window: Option<Window>,
    look_again: Timestamp,
    asked_last: Timestamp,
    clock: Clock,
    rng: Rng,
    state: watch::Sender<CertificateState>,
}

impl Keeper {
    /// Shows what is kept in `dir` already. `names`: what the certificate is wanted for.
    pub fn open(
        dir: &Path,
        names: &[String],
        authority: Authority,
        has_plain: bool,
        clock: &Clock,
    ) -> Result<Self, StartError> {
        create_private_dir(dir)?;
        let rng = Rng::system();
        let state = CertificateState {
            names: names.to_vec(),
            authority: authority.name().to_owned(),
            ..CertificateState::default()
        };
        let proofs = [Proof::Line, Proof::Certificate];
        let mut keeper = Self {
            public: Arc::default(),
            authority,
            names: names.to_vec(),
            dir: dir.to_owned(),
            proofs: proofs[usize::from(!has_plain)..].to_vec(),
            fits: false,
            chance: rng.u64(),
            window: None,
            look_again: Timestamp(0),
            asked_last: Timestamp(0),
            clock: clock.clone(),
            rng,
            state: watch::Sender::new(state),
        };
        keeper.load();
        Ok(keeper)
    }

    /// What the listeners know of it.
    pub fn public(&self) -> Arc<Public> {
        self.public.clone()
    }

    /// How it is doing.
    pub fn state(&self) -> watch::Receiver<CertificateState> {
        self.state.subscribe()
    }

    fn file(&self) -> PathBuf {
        self.dir.join("acme.pem")
    }

    fn account_file(&self) -> PathBuf {
        self.dir.join("acme-account.json")
    }

    fn load(&mut self) {
        let Ok(pem) = std::fs::read_to_string(self.file()) else {
            return;
        };
        match Kept::parse(&pem) {
            Ok(kept) => {
                let account = std::fs::read(self.account_file()).unwrap_or_default();
                self.fits = self.fits_settings(&kept) && self.authority.is_of(&account);
                self.show(kept);
            }
            Err(problem) => {
                let file = self.file();
                tracing::warn!(file = %file.display(), problem, "a new certificate is asked for");
            }
        }
    }

    fn fits_settings(&self, kept: &Kept) -> bool {
        let mut wanted: Vec<Name> = self.names.iter().map(|name| Name::parse(name)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted == kept.names
    }

    fn show(&mut self, kept: Kept) {
        (self.window, self.look_again) = (None, Timestamp(0));
        self.chance = self.rng.u64();
        let (until, due) = (kept.until, self.due(&kept));
        *self.public.shown.write() = Some(kept);
        self.state.send_modify(|state| {
            (state.valid_until, state.renewal_at) = (Some(until), Some(due));
            // What was in its way no longer is, before anybody sees that it is there.
            state.trouble = None;
        });
    }

    /// When the next certificate is to be asked for.
    fn due(&self, kept: &Kept) -> Timestamp {
        let due = match self.window {
            Some(window) => {
                let proposed = acme::moment_within(window.start, window.end, self.chance);
                proposed.min(kept.until.minus(kept.until.since(kept.from) / 20))
            }
            None => acme::due(kept.from, kept.until, self.chance),
        };
        due.max(self.asked_last.plus(LEAST_AGE))
    }

    /// Sees to it for as long as the server runs. SIGHUP has it look at once.
    pub async fn run(mut self) {
        let mut hangup = ReloadSignal::listen().ok();
        let mut failures = 0;
        loop {
            let until = match self.attend().await {
                Ok(until) => {
                    failures = 0;
                    until
                }
                Err(trouble) => {
                    failures += 1;
                    let pause = pause(trouble.cause, failures, self.rng.u64());
                    self.tell(&trouble, self.clock.now().plus(pause))
                }
            };
            let asked = async {
                match &mut hangup {
                    Some(hangup) => hangup.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.clock.sleep_until(until) => {}
                () = asked => self.look_again = Timestamp(0),
            }
        }
    }

    /// Does what is due. Returns when there is something to do again.
    async fn attend(&mut self) -> Result<Timestamp, Trouble> {
        let now = self.clock.now();
        let shown = self.public.shown.read().clone();
        if let Some(kept) = shown.filter(|_| self.fits) {
            if now >= self.look_again {
                self.take_advice(&kept, now).await;
            }
            let due = self.due(&kept);
            let is_due = now >= due;
            self.state.send_modify(|state| {
                state.renewal_at = Some(due);
                state.trouble = state.trouble.take().filter(|_| is_due);
            });
            if !is_due {
                return Ok(due.min(self.look_again).min(now.plus(LONGEST_SLEEP)));
            }
        }
        self.renew().await?;
        Ok(self.clock.now())
    }

    /// Asks when the authority would like to be asked.
    async fn take_advice(&mut self, kept: &Kept, now: Timestamp) {
        let advice = async {
            self.sign_in().await?;
            match kept.leaf() {
                Some(leaf) => self.authority.window(leaf).await,
                None => Ok(None),
            }
        };
        let wait = match advice.await {
            Ok(window) => {
                let wait = window.map_or(LONGEST_SLEEP, |window| window.look_again);
                self.window = window;
                wait.clamp(HOUR, 24 * HOUR)
            }
            // Its last word still counts.
            Err(trouble) => {
                tracing::debug!(%trouble, "the authority gave no advice about the renewal");
                LONGEST_SLEEP
            }
        };
        self.look_again = now.plus(wait);
    }

    async fn sign_in(&mut self) -> Result<(), Trouble> {
        let kept = std::fs::read(self.account_file()).ok();
        if let Some(account) = self.authority.sign_in(kept.as_deref()).await? {
            keep(&self.account_file(), &account);
        }
        Ok(())
    }

    async fn renew(&mut self) -> Result<(), Trouble> {
        tracing::info!(
            names = ?self.names,
            authority = self.authority.name(),
            "asking for a certificate"
        );
        let shown = self.public.shown.read().clone();
        let replaced = shown.as_ref().filter(|_| self.fits).and_then(Kept::leaf);
        let mut found = None;
        for at in 0..self.proofs.len() {
            self.sign_in().await?;
            let proof = self.proofs[at];
            let (names, public) = (&self.names, &self.public);
            let issued = self
                .authority
                .issue(names, proof, &public.challenges, replaced);
            match issued.await {
                Ok(issued) => {
                    self.proofs.swap(0, at);
                    return self.take(&issued);
                }
                Err(trouble) if trouble.cause == Cause::Unproven => {
                    tracing::debug!(?proof, %trouble, "the authority did not find this server");
                    found.get_or_insert(trouble);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        found.map_or(Ok(()), Err)
    }

    fn take(&mut self, issued: &Issued) -> Result<(), Trouble> {
        let pem = [issued.chain.trim_end(), "\n", &issued.key].concat();
        let kept = Kept::parse(&pem);
        let kept = kept.ok().filter(|kept| self.fits_settings(kept));
        let kept = kept.ok_or_else(|| Trouble {
            cause: Cause::Refused,
            detail: format!(
                "{} gave another certificate than the one that was asked for",
                self.authority.name()
            ),
            remedy: Advice::OtherAuthority,
        })?;
        keep(&self.file(), pem.as_bytes());
        self.asked_last = self.clock.now();
        tracing::info!(
            names = ?self.names,
            valid_until = %kept.until,
            "the authority gave a certificate"
        );
        self.fits = true;
        self.show(kept);
        Ok(())
    }

    /// Says what is wrong. Returns when it is tried again.
    fn tell(&self, trouble: &Trouble, next_try_at: Timestamp) -> Timestamp {
        let good = self.public.shown.read().as_ref().map(|kept| kept.until);
        let good = good.filter(|until| *until > self.clock.now());
        let (detail, remedy) = (&trouble.detail, trouble.remedy.to_string());
        let next = next_try_at.to_string();
        if let Some(until) = good {
            tracing::warn!(
                detail,
                remedy,
                next_try_at = next,
                valid_until = %until,
                "no new certificate yet; the one in use stays"
            );
        } else {
            tracing::error!(
                detail,
                remedy,
                next_try_at = next,
                "no certificate that devices trust; the server's own one is shown meanwhile"
            );
        }
        self.state.send_modify(|state| {
            state.trouble = Some(CertificateTrouble {
                detail: detail.clone(),
                remedy: trouble.remedy,
                next_try_at,
            });
        });
        next_try_at
    }
}

/// What can't be written serves until the end of this process all the same.
fn keep(path: &Path, content: &[u8]) {
    if let Err(error) = write_private(path, content) {
        tracing::error!(%error, "it is not kept for the next start");
    }
}

/// How long to wait after so many failures in a row: longer each time, as the authority says if it
/// says so, and never all servers at the same moment.
fn pause(cause: Cause, failures: u32, chance: u64) -> Duration {
    let pause = match cause {
        Cause::TooOften(Some(wait)) => wait.clamp(HOUR / 60, 24 * HOUR),
        Cause::TooOften(None) => HOUR,
        cause => {
            let first = match cause {
                Cause::Unreachable => HOUR / 60,
                Cause::Unproven => HOUR / 6,
                _ => HOUR / 2,
            };
            (first * (1 << (failures - 1).min(8))).min(LONGEST_PAUSE)
        }
    };
    let quarter = u64::try_from(pause.as_millis() / 4).unwrap_or(u64::MAX);
    pause + Duration::from_millis(chance % quarter.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_end_and_the_authority_s_word_counts() {
        let minutes = |cause, failures| pause(cause, failures, 0).as_secs() / 60;
        assert_eq!(minutes(Cause::Unreachable, 1), 1);
        assert_eq!(minutes(Cause::Unreachable, 3), 4);
        assert_eq!(minutes(Cause::Unreachable, u32::MAX), 240);
        assert_eq!(minutes(Cause::Unproven, 1), 10);
        assert_eq!(minutes(Cause::Refused, 9), 240);
        let wait = Some(Duration::from_mins(7));
        assert_eq!(minutes(Cause::TooOften(wait), 5), 7);
        assert_eq!(minutes(Cause::TooOften(Some(Duration::ZERO)), 5), 1);
        let latest = pause(Cause::Unreachable, 1, u64::MAX);
        assert!(latest < Duration::from_secs(75), "{latest:?}");
    }
}
