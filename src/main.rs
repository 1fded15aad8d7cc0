//! Hands the arguments to `cli` and its exit code to the shell.

fn main() -> std::process::ExitCode {
    passerelle::cli::main()
}
