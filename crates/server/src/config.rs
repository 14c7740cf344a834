//! The one configuration: defaults, then a file, then the environment; checked at the start, all
//! errors at once.

use std::{collections::BTreeMap, env, ffi::OsString, fs, net::IpAddr, path::PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

pub use crate::database_url::DatabaseUrl;

/// The whole configuration. Each field is also an environment variable: `listen` is
/// `MARKET_LISTEN`; lists are separated by commas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to serve.
    pub listen: String,
    /// Where the embedded PostgreSQL, its log, the master key and the search index live.
    pub data_dir: PathBuf,
    /// A PostgreSQL server to use instead of the embedded one; also `DATABASE_URL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<DatabaseUrl>,
    /// Bring the database up to date at the start: `on` or `off`.
    pub migrate: Switch,
    /// Where to serve `/metrics`; nowhere if empty.
    pub metrics_listen: String,
    /// The address by which people know this market: the issuer of its tokens.
    pub public_url: String,
    /// The web site on which people read what is public, with which the addresses for search engines
    /// begin; `public_url` if it is empty.
    pub site_url: String,
    /// Web pages that may call.
    pub cors_origins: Vec<String>,
    /// What to log, such as `info` or `info,store=debug`.
    pub log: String,
    /// How to log.
    pub log_format: LogFormat,
    /// The master key: 64 hex digits, readable by nobody else. Made at the first start. All
    /// servers of one database need the same.
    pub key_file: PathBuf,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where files that people hand in are kept: `s3://bucket/prefix`, with the usual `AWS_…`
    /// variables, or `file:///folder`; in `data_dir` if it is empty. All servers of one database
    /// need the same.
    pub objects_url: String,
    /// How many mebibytes of files each organisation may keep with its listings.
    pub attachments_mib: u32,
    /// Connections for reads.
    pub readers: usize,
    /// Connections for writes.
    pub writers: usize,
    /// Threads that serve.
    pub workers: usize,
    /// How long a request may take in all, in seconds.
    pub request_timeout_seconds: u64,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            data_dir: "./data".into(),
            database_url: None,
            migrate: Switch::On,
            metrics_listen: String::new(),
            public_url: String::new(),
            site_url: String::new(),
            cors_origins: Vec::new(),
            // What a client sends wrongly is answered, not an error of ours.
            log: "info,actix_server=warn,actix_http=off".to_owned(),
            log_format: LogFormat::Text,
            key_file: PathBuf::new(),
            trusted_proxies: Vec::new(),
            objects_url: String::new(),
            attachments_mib: 5 * 1024,
            readers: 16,
            writers: 16,
            workers: cores,
            request_timeout_seconds: 10,
        }
    }
}

/// Fields that the environment gives as lists.
const LISTS: [&str; 2] = ["cors_origins", "trusted_proxies"];
/// Variables with the market's prefix that are no fields.
const NO_FIELDS: [&str; 3] = ["MARKET_CONFIG", "MARKET_PG_BIN", "MARKET_PROFILE"];

impl Config {
    /// Reads the file named by `MARKET_CONFIG`, or `./market.toml` if it is there, and the
    /// environment.
    ///
    /// # Errors
    /// A list of everything that is wrong.
    pub fn read() -> anyhow::Result<Self> {
        let named = env::var_os("MARKET_CONFIG").map(PathBuf::from);
        let file = named.unwrap_or_else(|| "market.toml".into());
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(_) if env::var_os("MARKET_CONFIG").is_none() => String::new(),
            Err(error) => bail!("{}: {error}", file.display()),
        };
        Self::from_parts(&text, env::vars_os())
            .with_context(|| format!("the configuration ({}, MARKET_…) is wrong", file.display()))
    }

    fn from_parts(
        file: &str,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> anyhow::Result<Self> {
        let format = config::FileFormat::Toml;
        let mut builder =
            config::Config::builder().add_source(config::File::from_str(file, format));
        for (name, value) in variables {
            let Ok(name) = name.into_string() else { continue };
            let ours = name == "DATABASE_URL" || name.starts_with("MARKET_");
            if !ours || value.is_empty() {
                // An empty variable is how many tools leave one out.
                continue;
            }
            let Ok(value) = value.into_string() else { bail!("{name} is not UTF-8") };
            let field = match name.as_str() {
                "DATABASE_URL" => "database_url".to_owned(),
                name if NO_FIELDS.contains(&name) => continue,
                name => match name.strip_prefix("MARKET_") {
                    Some(field) => field.to_ascii_lowercase(),
                    None => continue,
                },
            };
            builder = if LISTS.contains(&field.as_str()) {
                let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
                builder.set_override(field, parts.map(str::to_owned).collect::<Vec<_>>())?
            } else {
                builder.set_override(field, value)?
            };
        }
        let merged = builder.build()?;
        match merged.clone().try_deserialize::<Self>() {
            Ok(read) => read.completed().checked(),
            Err(first) => Err(faults_of_each(merged).unwrap_or_else(|| first.into())),
        }
    }

    /// Where this server's search index lives.
    #[must_use]
    pub fn search_dir(&self) -> PathBuf {
        self.data_dir.join("search")
    }

    /// The same, listening elsewhere.
    ///
    /// # Errors
    /// If that is not an address.
    pub fn listening_on(mut self, listen: &str) -> anyhow::Result<Self> {
        if self.site_url == self.public_url {
            self.site_url.clear();
        }
        if self.public_url == format!("http://{}", self.listen) {
            self.public_url.clear();
        }
        listen.clone_into(&mut self.listen);
        self.completed().checked()
    }

    /// Fills in what follows from other fields.
    fn completed(mut self) -> Self {
        if self.public_url.is_empty() {
            self.public_url = format!("http://{}", self.listen);
        }
        if self.site_url.is_empty() {
            self.site_url.clone_from(&self.public_url);
        }
        if self.key_file.as_os_str().is_empty() {
            self.key_file = self.data_dir.join("master.key");
        }
        self
    }

    fn checked(self) -> anyhow::Result<Self> {
        let mut faults = Vec::new();
        for (name, address) in [("listen", &self.listen), ("metrics_listen", &self.metrics_listen)]
        {
            let needed = name == "listen" || !address.is_empty();
            if needed && std::net::ToSocketAddrs::to_socket_addrs(address.as_str()).is_err() {
                faults.push(format!("{name}: `{address}` is not an address like 127.0.0.1:8080"));
            }
        }
        for (name, address) in [("public_url", &self.public_url), ("site_url", &self.site_url)] {
            if !address.starts_with("http://") && !address.starts_with("https://") {
                faults.push(format!("{name}: `{address}` is not a web address"));
            }
        }
        for origin in &self.cors_origins {
            if origin.contains('*') || !origin.starts_with("http") || origin.ends_with('/') {
                faults.push(format!("cors_origins: `{origin}` is not an origin like https://a.cn"));
            }
        }
        for (name, number) in
            [("readers", self.readers), ("writers", self.writers), ("workers", self.workers)]
        {
            if !(1..=500).contains(&number) {
                faults.push(format!("{name}: {number} is not between 1 and 500"));
            }
        }
        if !self.objects_url.is_empty()
            && !["s3://", "file:///"].iter().any(|kind| self.objects_url.starts_with(kind))
        {
            faults.push(format!(
                "objects_url: `{}` is not like s3://bucket/prefix or file:///folder",
                self.objects_url
            ));
        }
        let seconds = self.request_timeout_seconds;
        if !(1..=300).contains(&seconds) {
            faults.push(format!("request_timeout_seconds: {seconds} is not between 1 and 300"));
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log).is_err() {
            faults.push(format!("log: `{}` is not a filter like info,store=debug", self.log));
        }
        if let Some(url) = &self.database_url
            && !url.is_connection_string()
        {
            faults.push(format!("database_url: {url:?} is not a PostgreSQL connection string"));
        }
        if faults.is_empty() { Ok(self) } else { bail!(faults.join("\n")) }
    }
}

/// Reading stops at the first fault; people would rather hear of all, so every field is read alone.
fn faults_of_each(merged: config::Config) -> Option<anyhow::Error> {
    let fields: BTreeMap<String, config::Value> = merged.try_deserialize().ok()?;
    let faults: Vec<String> = fields
        .into_iter()
        .filter_map(|(name, value)| {
            let alone = config::Config::builder().set_override(&name, value).ok()?.build().ok()?;
            let fault = alone.try_deserialize::<Config>().err()?.to_string();
            Some(if fault.contains(&name) { fault } else { format!("{name}: {fault}") })
        })
        .collect();
    if faults.is_empty() { None } else { Some(anyhow::anyhow!(faults.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, variables: &[(&str, &str)]) -> anyhow::Result<Config> {
        let variables = variables.iter().map(|(n, v)| (OsString::from(n), OsString::from(v)));
        Config::from_parts(file, variables)
    }

    #[test]
    fn the_environment_goes_before_the_file_and_the_file_before_the_defaults() {
        let file = "listen = '0.0.0.0:80'\nreaders = 3";
        let config = read(file, &[("MARKET_READERS", "5"), ("HOME", "/root")]).unwrap();
        assert_eq!((config.listen.as_str(), config.readers), ("0.0.0.0:80", 5));
        assert_eq!(config.public_url, "http://0.0.0.0:80");
        assert_eq!(config.key_file, PathBuf::from("./data/master.key"));
        let lists = read("", &[("MARKET_CORS_ORIGINS", "https://a.cn, https://b.cn")]).unwrap();
        assert_eq!(lists.cors_origins, ["https://a.cn", "https://b.cn"]);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = [("MARKET_LISTEN", "nowhere"), ("MARKET_READERS", "0")];
        let said = read("", &wrong).unwrap_err().to_string();
        assert!(said.contains("listen") && said.contains("readers"), "{said}");
        let wrong = [("MARKET_COLOUR", "red"), ("MARKET_READERS", "some")];
        let said = read("migrate = 'perhaps'", &wrong).unwrap_err().to_string();
        assert!(["colour", "readers", "migrate"].iter().all(|name| said.contains(name)), "{said}");
        assert!(read("", &[("MARKET_COLOUR", "red")]).is_err());
        assert!(read("colour = 'red'", &[]).is_err());
        assert!(read("", &[("MARKET_MIGRATE", "perhaps")]).is_err());
    }

    #[test]
    fn strange_and_empty_variables_are_left_alone() {
        use std::os::unix::ffi::OsStringExt;
        let odd = OsString::from_vec(vec![0xff]);
        let variables = [("ODD".into(), odd.clone()), ("DATABASE_URL".into(), OsString::new())];
        let config = Config::from_parts("", variables.into_iter()).unwrap();
        assert_eq!(config.database_url, None);
        let ours = [("MARKET_LOG".into(), odd)];
        assert!(Config::from_parts("", ours.into_iter()).is_err());
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in
            ["postgres://market:hunter2@db/market", "host=db user=market password=hunter2 dbname=m"]
        {
            let config = read("", &[("DATABASE_URL", url)]).unwrap();
            let shown = toml::to_string(&config).unwrap() + &format!("{config:?}");
            assert!(!shown.contains("hunter2") && shown.contains("***"), "{shown}");
        }
    }
}
