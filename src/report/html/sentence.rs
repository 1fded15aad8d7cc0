//! A sentence on the page: what stands between backticks as code, and French signs that stay with their word.

use maud::{Markup, html};

use super::Page;
use crate::model::{Language, Text};
use crate::report::page::visible;

impl Page<'_> {
    /// A clause that stands for itself.
    pub fn said(self, text: &Text) -> Markup {
        let clause = text.is(self.language);
        let mut letters = clause.chars();
        let capital = letters.next().into_iter().flat_map(char::to_uppercase);
        self.sentence(&capital.chain(letters).collect::<String>())
    }

    /// What a partner wrote may hold a backtick of its own: then nothing is marked.
    pub fn sentence(self, text: &str) -> Markup {
        let text = visible(text);
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return html! { (self.bound(&text)) };
        }
        // A sign behind a value is bound to it, and the space before it is in the next part.
        html! {
            @for (index, part) in parts.iter().enumerate() {
                @if index.is_multiple_of(2) { (self.bound(part)) } @else { code { (part) } }
            }
        }
    }

    /// A line of French never starts with a sign of two parts.
    pub fn bound(self, text: &str) -> String {
        if self.language == Language::English {
            return text.into();
        }
        let text = text.replace("« ", "«\u{a0}");
        [';', ':', '?', '!', '»', '%']
            .iter()
            .fold(text, |text, sign| text.replace(&format!(" {sign}"), &format!("\u{a0}{sign}")))
    }
}
