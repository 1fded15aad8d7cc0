//! As much of Markdown as the README has, put into a manual page.

use clap_mangen::roff::{Inline, Roff, bold, roman};

/// Paragraphs, lists, tables and code; links are given by their words.
pub fn put(page: &mut Roff, text: &str) {
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")).collect();
            put_code(page, &code);
        } else if lines.next_if(|next| next.starts_with("|---")).is_some() {
            // A list of what each name means needs no heading.
        } else if let Some(row) = line.strip_prefix("| ") {
            put_row(page, row);
        } else if !line.is_empty() {
            let mut paragraph = line.to_owned();
            while let Some(more) = lines.next_if(|line| continues(line)) {
                paragraph = format!("{paragraph}\n{}", more.trim_start());
            }
            put_paragraph(page, &paragraph);
        }
    }
}

fn continues(line: &str) -> bool {
    !line.is_empty() && !["- ", "| ", "```"].iter().any(|start| line.starts_with(start))
}

fn put_code(page: &mut Roff, lines: &[&str]) {
    page.control("PP", []).control("nf", []).control("RS", ["4"]);
    page.text([roman(lines.join("\n"))]);
    page.control("RE", []).control("fi", []);
}

/// What the first cell names is what the others tell about.
fn put_row(page: &mut Roff, row: &str) {
    let Some((name, told)) = row.trim_end_matches(" |").split_once(" | ") else { return };
    page.control("TP", []).text(inlines(name)).text(inlines(told));
}

fn put_paragraph(page: &mut Roff, paragraph: &str) {
    match paragraph.strip_prefix("- ") {
        Some(item) => page.control("IP", ["\\(bu", "2"]).text(inlines(item)),
        None => page.control("PP", []).text(inlines(paragraph)),
    };
}

/// Code and what is strong are bold.
fn inlines(text: &str) -> Vec<Inline> {
    let text = without_links(text).replace("**", "`");
    let parts = text.split('`').enumerate().filter(|(_, part)| !part.is_empty());
    parts.map(|(number, part)| if number % 2 == 1 { bold(part) } else { roman(part) }).collect()
}

/// `[words](address)` becomes `words`.
fn without_links(text: &str) -> String {
    let Some((before, rest)) = text.split_once("](") else { return text.to_owned() };
    let (head, words) = before.rsplit_once('[').unwrap_or((before, ""));
    let after = rest.split_once(')').map_or("", |(_, after)| after);
    format!("{head}{words}{}", without_links(after))
}

#[cfg(test)]
mod tests {
    use clap_mangen::roff::Roff;

    use super::put;

    #[test]
    fn each_form_of_the_readme_becomes_one_of_manual_pages() {
        for (text, expected) in [
            ("One\ntwo.\n\nThree.", ".PP\nOne\ntwo.\n.PP\nThree.\n"),
            ("**Lucca.** A [`key`](a.md) is\n'x'.", ".PP\n\\fBLucca.\\fR A \\fBkey\\fR is\n\\&'x'.\n"),
            ("- a\n  b\n- c", ".IP \\(bu 2\na\nb\n.IP \\(bu 2\nc\n"),
            ("| a | b |\n|---|---|\n| `c` | d |", ".TP\n\\fBc\\fR\nd\n"),
            ("```toml\n[a]\n.b\n```\nc", ".PP\n.nf\n.RS 4\n[a]\n\\&.b\n.RE\n.fi\n.PP\nc\n"),
        ] {
            let mut page = Roff::new();
            put(&mut page, text);
            assert_eq!(page.to_roff(), expected, "{text}");
        }
    }
}
