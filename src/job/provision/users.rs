//! The users of a provider, as far as they were read.

use std::collections::HashMap;

use crate::transport::endpoint::scim::User;

#[derive(Default)]
pub struct Users {
    users: Vec<User>,
    by_who: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

impl Users {
    pub fn of(users: Vec<User>) -> Users {
        let mut all = Users::default();
        users.into_iter().for_each(|user| all.add(user));
        all
    }

    pub fn add(&mut self, user: User) {
        let at = self.users.len();
        if let Some(who) = user.who() {
            self.by_who.insert(who.to_owned(), at);
        }
        if let Some(name) = user.user_name() {
            self.by_name.insert(name.to_lowercase(), at);
        }
        self.users.push(user);
    }

    /// By what we call the person.
    pub fn who(&self, who: &str) -> Option<&User> {
        self.by_who.get(who).map(|at| &self.users[*at])
    }

    /// By the name to sign in by.
    pub fn named(&self, name: &str) -> Option<&User> {
        self.by_name.get(&name.to_lowercase()).map(|at| &self.users[*at])
    }
}
