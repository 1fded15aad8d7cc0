//! A page: lines for people, at most 80 columns wide, indented and wrapped, each in the language that it is asked for.

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::model::{Language, Text};
use crate::text;

pub const WIDTH: usize = 80;

pub const PLAIN: Style = Style::new();
pub const BOLD: Style = Style::new().bold();
pub const GOOD: Style = AnsiColor::Green.on_default();
pub const NOTABLE: Style = AnsiColor::Yellow.on_default();
pub const BAD: Style = AnsiColor::Red.on_default();

pub struct Page {
    pub language: Language,
    text: String,
    has_styles: bool,
}

impl Page {
    /// For a terminal.
    pub fn styled(language: Language) -> Page {
        Page { language, text: String::new(), has_styles: true }
    }

    /// For a file.
    pub fn plain(language: Language) -> Page {
        Page { has_styles: false, ..Page::styled(language) }
    }

    pub fn finish(self) -> String {
        self.text
    }

    pub fn say(&mut self, indent: usize, style: Style, text: &Text) {
        self.write(indent, style, text.is(self.language));
    }

    /// One thing behind the other, which says what it is.
    pub fn label(&mut self, indent: usize, style: Style, label: &Text, text: &Text) {
        let line = format!("{}{}", label.is(self.language), text.is(self.language));
        self.write(indent, style, &line);
    }

    /// What needs no translation, or has been translated. What goes over the line is set in by two more.
    pub fn write(&mut self, indent: usize, style: Style, text: &str) {
        self.wrap(&" ".repeat(indent), &" ".repeat(indent + 2), style, text);
    }

    /// A label in a column that is so wide, and beside it what there is to say.
    pub fn row(&mut self, indent: usize, width: usize, style: Style, label: &Text, text: &Text) {
        let (label, text) = (label.is(self.language), text.is(self.language).to_owned());
        let gap = width.saturating_sub(display_width(label));
        let first = format!("{}{label}{}", " ".repeat(indent), " ".repeat(gap));
        self.wrap(&first, &" ".repeat(indent + width), style, &text);
    }

    /// Sentences that stand for themselves.
    pub fn paragraph(&mut self, text: &Text) {
        self.wrap("", "", PLAIN, text.is(self.language));
    }

    /// `first` stands before the first line, `more` before the others.
    fn wrap(&mut self, first: &str, more: &str, style: Style, text: &str) {
        let options = Options::new(WIDTH)
            .initial_indent(first)
            .subsequent_indent(more)
            .break_words(false)
            .word_separator(WordSeparator::Custom(words))
            .word_splitter(WordSplitter::NoHyphenation);
        let style = if self.has_styles { style } else { PLAIN };
        for line in textwrap::wrap(&visible(text), options) {
            writeln!(self.text, "{style}{line}{style:#}").expect("a string takes all");
        }
    }

    pub fn blank(&mut self) {
        self.text.push('\n');
    }
}

/// To the minute.
pub fn moment(at: DateTime<Utc>) -> Text {
    let (day, jour) = (at.format("%Y-%m-%d %H:%M UTC"), at.format("%d/%m/%Y à %H:%M UTC"));
    text!("{day}", "{jour}")
}

pub fn day(at: DateTime<Utc>) -> Text {
    let (day, jour) = (at.format("%Y-%m-%d"), at.format("%d/%m/%Y"));
    text!("{day}", "{jour}")
}

/// Between words, but never where French has a space that does not break: in front of `: ; ? ! » %`, and behind `«`.
pub fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for word in WordSeparator::AsciiSpace.find_words(line) {
        let end = at + word.word.len() + word.whitespace.len();
        match ranges.last_mut() {
            Some(last) if word.starts_with([':', ';', '?', '!', '»', '%']) || line[..at].trim_end().ends_with('«') => {
                last.end = end;
            }
            _ => ranges.push(at..end),
        }
        at = end;
    }
    Box::new(ranges.into_iter().map(|range| Word::from(&line[range])))
}

/// A partner's file must not write to the operator's terminal: control characters are shown as their pictures.
pub fn visible(text: &str) -> String {
    let picture = |letter: char| match letter {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + letter as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ if letter.is_control() => '\u{fffd}',
        _ => letter,
    };
    text.chars().map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_character_of_a_partner_never_reaches_the_terminal() {
        assert_eq!(visible("a\u{7}\u{1b}[31m\u{7f}\u{9b}é"), "a␇␛[31m␡\u{fffd}é");
    }

    #[test]
    fn a_line_never_breaks_in_front_of_a_french_colon() {
        let sentence = "la date de naissance est illisible : « le trois mai » ; est-ce vrai ? oui, à 20 % !";
        for before in 0..WIDTH {
            let mut page = Page::plain(Language::French);
            page.write(0, BOLD, &format!("{} {sentence}", "x".repeat(before)));
            let text = page.finish();
            let is_wrong =
                |line: &str| line.trim_start().starts_with([':', ';', '?', '!', '»', '%']) || line.ends_with('«');
            assert!(!text.lines().any(is_wrong), "{text}");
            assert!(text.lines().count() > 1 || before < 10, "{text}");
        }
    }
}
