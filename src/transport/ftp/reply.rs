//! What a server answered: a code of three digits and its words.

use suppaftp::types::Response;

use crate::transport::Kind;

/// One answer on the control connection.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the server answered `{}`", self.shown())]
pub struct Reply {
    pub code: u16,
    pub text: String,
}

/// How much of an answer an error repeats.
const SHOWN: usize = 300;

impl From<Response> for Reply {
    fn from(response: Response) -> Reply {
        let text = String::from_utf8_lossy(&response.body).trim_end().to_owned();
        // The library knows some codes only: 522, 533 and 534 come as 0. The last line decides, as RFC 959 says.
        let code = text.lines().next_back().and_then(|line| line.get(..3)).and_then(|code| code.parse().ok());
        Reply { code: code.unwrap_or(0), text }
    }
}

impl Reply {
    /// It was done.
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// What follows the code, up to the next blank: a size, for example.
    pub fn argument(&self) -> Option<&str> {
        self.text.split_ascii_whitespace().nth(1)
    }

    /// What follows the code.
    pub fn words(&self) -> &str {
        self.text.get(3..).unwrap_or_default().trim()
    }

    /// What stands in quotes first, where a doubled quote means one (RFC 959, answer 257).
    pub fn quoted(&self) -> Option<String> {
        let (_, mut rest) = self.text.split_once('"')?;
        let mut quoted = String::new();
        loop {
            let (part, after) = rest.split_once('"')?;
            quoted += part;
            rest = match after.strip_prefix('"') {
                Some(after) => after,
                None => return Some(quoted),
            };
            quoted.push('"');
        }
    }

    /// vsftpd ends a conversation with such a line when something of its own fails: no port is free, for example.
    pub fn is_last_word(&self) -> bool {
        self.text.starts_with("500 OOPS")
    }

    /// What a refusal means where nothing else is known about it.
    pub fn kind(&self) -> Kind {
        match self.code {
            421 | 425 | 426 | 434 | 450 | 451 => Kind::Unreachable,
            452 | 552 => Kind::Full,
            331 | 332 | 430 | 530 => Kind::Login,
            532 | 550 | 551 | 553 => Kind::Denied,
            _ => Kind::Protocol,
        }
    }

    /// On one line, and not without end.
    fn shown(&self) -> String {
        let words = self.text.split(char::is_control).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        match words.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &words[..end]),
            None => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use suppaftp::Status;
    use suppaftp::types::Response;

    use super::Reply;
    use crate::transport::Kind;

    fn reply(text: &str) -> Reply {
        Response::new(Status::Unknown, text.as_bytes().to_vec()).into()
    }

    #[test]
    fn the_code_is_read_from_the_last_line() {
        assert_eq!(reply("522 SSL connection failed: session reuse required\r\n").code, 522);
        assert_eq!(reply("230-Welcome\r\n230-to us\r\n230 Logged in.\r\n").code, 230);
        assert_eq!(reply("hé\r\n").code, 0);
    }

    #[test]
    fn a_size_is_read_even_when_words_follow() {
        assert_eq!(reply("213 123 bytes\r\n").argument(), Some("123"));
        assert_eq!(reply("213\r\n").argument(), None);
    }

    #[test]
    fn a_folder_with_a_quote_in_its_name_is_read() {
        for (text, folder) in [
            ("257 \"/in \"\"new\"\"\" is the \"current\" folder\r\n", Some("/in \"new\"")),
            ("257 \"/\"\r\n", Some("/")),
            ("257 /in\r\n", None),
            ("257 \"/in\r\n", None),
        ] {
            assert_eq!(reply(text).quoted().as_deref(), folder, "{text}");
        }
    }

    #[test]
    fn an_answer_is_shown_on_one_line_and_cut() {
        assert_eq!(reply("550-No\r\n550 \u{1b}[31mred\r\n").to_string(), "the server answered `550-No 550  [31mred`");
        assert!(reply(&format!("550 {}", "é".repeat(1000))).to_string().chars().count() < 340);
    }

    #[test]
    fn no_room_is_told_from_no_permission() {
        for (text, kind) in [
            ("452 Insufficient storage", Kind::Full),
            ("552 Quota exceeded", Kind::Full),
            ("553 Not allowed", Kind::Denied),
            ("530 Login incorrect", Kind::Login),
            ("421 Too many users", Kind::Unreachable),
            ("502 Not implemented", Kind::Protocol),
        ] {
            assert_eq!(reply(text).kind(), kind, "{text}");
        }
    }
}
