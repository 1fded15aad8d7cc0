//! Every transport passes one common suite, against servers that run inside the test and against real ones.

mod certificate;
mod directory;
mod ftp_site;
mod process;
mod suite;
mod vsftpd;
