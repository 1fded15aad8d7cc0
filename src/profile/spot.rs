//! A spot: a line of a document and what is marked of it, as much as fits and nothing that is secret.

use std::ops::Range;

/// Parts of the names of keys behind which a secret may stand, misspelt as they may be.
const SECRETIVE: [&str; 4] = ["pas", "pwd", "secret", "token"];

/// How a secret is named rather than written.
const NAMED: [&str; 3] = ["credential:", "env:", "file:"];

/// A line and what is marked of it, both in characters.
pub struct Spot {
    /// From 1.
    pub number: usize,
    pub marked: Range<usize>,
    text: Vec<char>,
}

impl Spot {
    /// Of a span over several lines, the part on its first line.
    pub fn of(text: &str, span: &Range<usize>) -> Spot {
        let before = &text[..span.start];
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let count = |part: &str| part.chars().count();
        let from = count(&text[start..span.start]);
        let until = count(&line[..line.len().min(span.end - start)]);
        let line = masked(line);
        let visible = line.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
        Spot { number: before.matches('\n').count() + 1, text: visible.collect(), marked: from..until.max(from + 1) }
    }

    pub fn line(&self) -> String {
        self.text.iter().collect()
    }

    /// As much of the line as fits into `width` around the mark, and where the mark is in it.
    pub fn window(&self, width: usize) -> (String, Range<usize>) {
        if self.text.len() <= width {
            return (self.line(), self.marked.clone());
        }
        let room = width - 2;
        let centred = (self.marked.start + self.marked.end).saturating_sub(room) / 2;
        let start = centred.min(self.marked.start).min(self.text.len() - room);
        let end = start + room;
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        let shown: String = self.text[start..end].iter().collect();
        let left = cut(start > 0);
        let at = self.marked.start - start + left.chars().count();
        let marked = at..at + self.marked.end.min(end).saturating_sub(self.marked.start).max(1);
        (format!("{left}{shown}{}", cut(end < self.text.len())), marked)
    }
}

/// The line with an asterisk for every byte of a text that may be a secret.
fn masked(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    while let Some(start) = line[shown.len()..].find(['"', '\'']).map(|start| shown.len() + start + 1) {
        let text = quoted(&line[start..], line.as_bytes()[start - 1]);
        let end = (start + text.len() + 1).min(line.len());
        shown.push_str(&line[shown.len()..start]);
        match is_secret(&line[..start - 1], text) {
            true => shown.extend(text.bytes().map(|_| '*')),
            false => shown.push_str(text),
        }
        shown.push_str(&line[start + text.len()..end]);
    }
    let rest = &line[shown.len()..];
    shown + rest
}

/// As far as the quote that ends it.
fn quoted(text: &str, quote: u8) -> &str {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == quote && !is_escaped;
        is_escaped = quote == b'"' && byte == b'\\' && !is_escaped;
        ends
    });
    &text[..end.unwrap_or(text.len())]
}

/// `before` is the line up to the text.
fn is_secret(before: &str, text: &str) -> bool {
    let key = before.trim_end().strip_suffix('=').unwrap_or_default().trim_end();
    let key = key.rsplit([' ', '{', ',']).next().unwrap_or_default().to_lowercase();
    let is_named = NAMED.iter().any(|way| text.starts_with(way));
    SECRETIVE.iter().any(|part| key.contains(part)) && !is_named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown_and_the_rest_keeps_its_place() {
        for (line, shown) in [
            (r#"password = "hunter2""#, r#"password = "*******""#),
            (r#"x = { pasword='a"a', user = "acme" }"#, r#"x = { pasword='***', user = "acme" }"#),
            (r#"password = "credential:skillup""#, r#"password = "credential:skillup""#),
            (r#"password = "left open"#, r#"password = "*********"#),
            (r#"password = "a\"b\\" # ours"#, r#"password = "******" # ours"#),
            (r#""password" = "hunter2", a = "b""#, r#""password" = "*******", a = "b""#),
            (r#"path = "/passerelle", host = "a""#, r#"path = "/passerelle", host = "a""#),
        ] {
            assert_eq!(masked(line), shown);
        }
    }

    #[test]
    fn a_long_line_is_cut_around_its_mark() {
        let line = format!("{}wrong{}", "a".repeat(200), "b".repeat(200));
        for (span, mark) in [(200..205, "wrong"), (0..3, "aaa"), (402..405, "bbb")] {
            let (shown, marked) = Spot::of(&line, &span).window(40);
            assert_eq!(shown.chars().count(), if span.start == 200 { 40 } else { 39 });
            assert_eq!(shown.chars().skip(marked.start).take(marked.len()).collect::<String>(), mark);
        }
    }
}
