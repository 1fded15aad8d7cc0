//! The only room that prints: arguments, progress, the report on the terminal, exit codes.

pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
