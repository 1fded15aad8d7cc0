//! The page of a run in a real browser: in both languages, light and dark, on a phone, on paper, by keyboard alone.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use serde_json::{Value, json};

/// Some mistakes, each in a cell of its own, and people who are created.
const FILE: &str = "\
login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture
ada;Ada;Lovelace;ada@acme.example;Paris;01/02/2020;Direction;ada;Admin;fr-FR
bob;Bob;<script>document.title='run'</script>;bob@acme.example;Paris;31/02/2020;Direction;ada;Admin;fr-FR
eve;Ève;Martin;eve@@acme.example;Paris;01/02/2020;Direction;ada;Admin;fr-FR
";

const SITE: &str = r#"
[state]
path = "state.db"

[server.here.directory]
path = "."

[people.users.directory]

[import.partner]
profile = "lucca-users"
language = "LANGUAGE"
people = "users"
server = "here"
files = "file.csv"
identify-by = "login"
ready = { stable-for = 0 }
brakes = { creations = "100%", updates = "100%", shrink = "100%", floor = 100 }
"#;

#[test]
fn the_page_is_read_in_a_browser_in_both_languages() {
    let Some(browser) = Browser::start() else { return };
    for (language, words) in [("en", ["taken in part", "Findings"]), ("fr", ["pris en partie", "Constats"])] {
        let folder = tempfile::tempdir().expect("a folder");
        browser.open(&page(folder.path(), language));
        assert_eq!(browser.run("return document.documentElement.lang"), language);
        let text = browser.run("return document.body.innerText");
        assert!(words.iter().all(|word| text.as_str().expect("text").contains(word)), "{text}");
        assert_eq!(browser.run("return performance.getEntriesByType('resource').length"), 0, "it needs no network");
        let title = browser.run("return document.title");
        assert!(title.as_str().expect("a title").starts_with("Passerelle"), "nothing of the file was run: {title}");
        check_looks(&browser);
        check_keyboard(&browser);
    }
}

#[test]
fn whoever_approves_finds_reason_plan_and_command_on_the_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = SITE
        .replace("LANGUAGE", "fr")
        .replace(r#"creations = "100%""#, r#"creations = "0""#)
        .replace("floor = 100", "floor = 0");
    fs::write(folder.path().join("passerelle.toml"), site).expect("a site");
    fs::write(folder.path().join("file.csv"), FILE).expect("a file");
    let mut command = assert_cmd::Command::cargo_bin("passerelle").expect("the binary");
    let held = command.current_dir(folder.path()).args(["run", "--html", "page.html"]).output().expect("it runs");
    assert_eq!(held.status.code(), Some(5), "{}", String::from_utf8_lossy(&held.stderr));
    let page = fs::read_to_string(folder.path().join("page.html")).expect("a page");
    let run = page.split("exécution ").nth(1).and_then(|rest| rest.split('<').next()).expect("it names the run");
    for words in [
        "Retenu jusqu'à ce qu'une personne approuve\u{a0}:",
        "sans utilisateur\u{a0}; la limite est de 0",
        &format!("passerelle approve {run} partner"),
        &format!("passerelle discard {run} partner"),
        r##"<a href="#e1i1-plan">Ce qui serait fait, avant et après</a>"##,
        r#"<details id="e1i1-plan" open>"#,
        "<code>mail</code> <ins>ada@acme.example</ins>",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

/// Light and dark, wide and narrow, on paper.
fn check_looks(browser: &Browser) {
    let mut pages = Vec::new();
    for scheme in ["light", "dark"] {
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "screen", "features": feature }));
        pages.push(browser.run("return getComputedStyle(document.body).backgroundColor"));
        let poor = browser.run(CONTRAST);
        assert_eq!(poor, json!([]), "{scheme}");
    }
    assert_ne!(pages[0], pages[1]);
    let phone = json!({ "width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true });
    browser.devtools("Emulation.setDeviceMetricsOverride", &phone);
    let width = browser.run("return document.documentElement.scrollWidth");
    assert!(width.as_u64().expect("a width") <= 360, "{width} pixels on a phone");
    browser.devtools("Emulation.clearDeviceMetricsOverride", &json!({}));

    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "print", "features": [] }));
    let hidden = browser.run(
        "document.querySelectorAll('details').forEach(details => details.open = false);
         return [...document.querySelectorAll('details li, details td')].filter(cell => !cell.checkVisibility()).length",
    );
    assert_eq!(hidden, 0, "paper has nothing to unfold");
    browser.run("document.querySelectorAll('details').forEach(details => details.open = true)");
    browser.devtools("Emulation.setEmulatedMedia", &json!({ "media": "", "features": [] }));
}

/// From a finding to its cell and back, without a mouse.
fn check_keyboard(browser: &Browser) {
    let on_finding = "return document.activeElement.matches('details a')";
    assert!((0..50).any(|_| {
        browser.press("\u{e004}"); // Tab
        browser.run(on_finding) == true
    }));
    browser.press("\u{e007}"); // Enter
    let cell = "const cell = document.querySelector('td:target'); const place = cell?.getBoundingClientRect();
                return cell && place.top >= 0 && place.bottom <= innerHeight ? cell.innerText : null";
    assert_eq!(browser.run(cell), "31/02/2020");
    browser.press("\u{e004}");
    browser.press("\u{e007}");
    assert_eq!(browser.run("return document.querySelector(':target')?.matches('details a')"), true);
}

/// Texts whose contrast with what is behind them is below 4.5, as WCAG 2.1 AA asks for.
const CONTRAST: &str = "
    const colour = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const [r, g, b, a = 1] = colour(getComputedStyle(at).backgroundColor);
            if (a > 0) return [r, g, b];
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll('body *')]
        .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
        .filter(element => {
            const [one, other] = [light(colour(getComputedStyle(element).color)), light(behind(element))];
            return (Math.max(one, other) + .05) / (Math.min(one, other) + .05) < 4.5;
        })
        .map(element => element.outerHTML.slice(0, 100));";

/// The page of a dry run, as a file.
fn page(folder: &Path, language: &str) -> String {
    fs::write(folder.join("passerelle.toml"), SITE.replace("LANGUAGE", language)).expect("a site");
    fs::write(folder.join("file.csv"), FILE).expect("a file");
    let mut command = assert_cmd::Command::cargo_bin("passerelle").expect("the binary");
    let words = ["import", "partner", "--dry-run", "--html", "page.html"];
    let output = command.current_dir(folder).args(words).output().expect("it runs");
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    format!("file://{}", folder.join("page.html").display())
}

/// A browser that is driven as WebDriver says; it ends with the test.
struct Browser {
    driver: Child,
    session: String,
}

impl Browser {
    /// None where no browser is installed, and none has to be.
    fn start() -> Option<Browser> {
        let driver =
            Command::new("chromedriver").args(["--port=0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut driver = match driver {
            Ok(driver) => driver,
            Err(_) if env::var_os("PASSERELLE_ALL_SERVERS").is_none() => return None,
            Err(cause) => panic!("chromedriver is needed: {cause}"),
        };
        let lines = BufReader::new(driver.stdout.take().expect("it is piped")).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_suffix('.')?.split_once("successfully on port ")?.1.to_string()))
            .expect("the driver says where it listens");
        let mut browser = Browser { driver, session: format!("http://127.0.0.1:{port}/session") };
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1000,500",
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": arguments } } } });
        let session = browser.post("", &wanted);
        browser.session = format!("{}/{}", browser.session, session["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    fn press(&self, key: &str) {
        let strokes = [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] }));
    }

    fn devtools(&self, command: &str, parameters: &Value) {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut answer = agent.post(&url).send_json(body).expect("the driver answers");
        let told: Value = answer.body_mut().read_json().expect("it answers in JSON");
        assert!(answer.status().is_success(), "{path}: {told:#}");
        told["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The session first, which takes the browser's processes with it.
        ureq::delete(&self.session).call().ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}
