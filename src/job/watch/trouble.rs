//! What goes wrong with a watch: told once, waited out where that may help, with growing pauses.

use std::time::Duration;

use crate::job::Error;
use crate::model::Exit;
use crate::report::Failure;

/// The longest pause that trouble makes.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The first pause, where looking is more frequent than that.
const SHORTEST: Duration = Duration::from_secs(5);

/// Why a round came to no end.
pub enum Trouble {
    /// Nothing has been told of it.
    Error(Error),
    /// A run has told of it.
    Run(Failure),
}

/// The trouble that lasts.
#[derive(Default)]
pub struct Lasting {
    /// What was told of it last.
    told: Option<(Exit, String)>,
    rounds: u32,
}

impl Trouble {
    pub fn failure(&self) -> Failure {
        match self {
            Trouble::Error(error) => error.failure(),
            Trouble::Run(failure) => failure.clone(),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Error(error)
    }
}

/// Is there no use in going on? What worked once may work again; what never did is set up wrongly. Data are another
/// matter: the next ones may be good.
pub fn is_final(exit: Exit, has_worked: bool) -> bool {
    match exit {
        Exit::Done | Exit::DataRefused | Exit::Held | Exit::TryLater => false,
        Exit::ServerRefused | Exit::Disk => !has_worked,
        Exit::Usage | Exit::SiteRefused | Exit::Defect => true,
    }
}

impl Lasting {
    /// One more round has failed. Is that news?
    pub fn goes_on(&mut self, failure: &Failure) -> bool {
        self.rounds += 1;
        let now = (failure.exit_code, failure.chain.first().cloned().unwrap_or_default());
        let is_news = self.told.as_ref() != Some(&now);
        self.told = Some(now);
        is_news
    }

    /// A round has come to an end. How many had not, if any?
    pub fn ends(&mut self) -> Option<u32> {
        let was = std::mem::take(self);
        was.told.map(|_| was.rounds)
    }

    pub fn lasts(&self) -> bool {
        self.rounds > 0
    }

    /// How long to wait for the next round, where it is `every` without trouble.
    pub fn pause(&self, every: Duration) -> Duration {
        match self.rounds {
            0 => every,
            rounds => (every.max(SHORTEST) * 2u32.saturating_pow(rounds - 1).min(1 << 10)).min(LONGEST.max(every)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(exit_code: Exit, tried: &str) -> Failure {
        Failure {
            exit_code,
            chain: vec![tried.into(), "because".into()],
            later_may_help: true,
            known: None,
            quotes: false,
        }
    }

    #[test]
    fn trouble_is_told_once_and_again_when_it_is_another() {
        let mut lasting = Lasting::default();
        assert_eq!(lasting.ends(), None);
        assert!(lasting.goes_on(&failure(Exit::TryLater, "connect")));
        assert!(!lasting.goes_on(&failure(Exit::TryLater, "connect")));
        assert!(lasting.goes_on(&failure(Exit::ServerRefused, "log in")));
        assert_eq!(lasting.ends(), Some(3));
        assert!(!lasting.lasts());
        assert!(lasting.goes_on(&failure(Exit::TryLater, "connect")));
    }

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour() {
        let (mut lasting, every) = (Lasting::default(), Duration::from_secs(30));
        let mut pauses = vec![lasting.pause(every).as_secs()];
        for _ in 0..7 {
            lasting.goes_on(&failure(Exit::TryLater, "connect"));
            pauses.push(lasting.pause(every).as_secs());
        }
        assert_eq!(pauses, [30, 30, 60, 120, 240, 480, 900, 900]);
        lasting.rounds = u32::MAX;
        assert_eq!(lasting.pause(every), LONGEST);
        assert_eq!(lasting.pause(Duration::from_secs(3600)), Duration::from_secs(3600));
        assert_eq!(Lasting { rounds: 1, ..Lasting::default() }.pause(Duration::from_secs(1)), SHORTEST);
    }

    #[test]
    fn only_what_never_worked_or_cannot_work_ends_a_watch() {
        for (exit, at_first, later) in [
            (Exit::TryLater, false, false),
            (Exit::DataRefused, false, false),
            (Exit::ServerRefused, true, false),
            (Exit::Disk, true, false),
            (Exit::SiteRefused, true, true),
            (Exit::Defect, true, true),
        ] {
            assert_eq!((is_final(exit, false), is_final(exit, true)), (at_first, later), "{exit:?}");
        }
    }
}
