//! Every transport passes one common suite, against servers that run inside the test and against real ones.

mod certificate;
mod certificates;
mod company;
mod directory;
mod examine;
mod ftp_faults;
mod ftp_in_process;
mod ftp_log;
mod ftp_site;
mod host_keys;
mod interrupted;
mod logins;
mod night;
mod openssh;
mod openssh_server;
mod partner;
mod process;
mod proxy;
mod scripted;
mod sftp_faults;
mod sftp_in_process;
mod sftp_script;
mod sftp_server;
mod suite;
mod vsftpd;
