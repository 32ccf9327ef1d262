//! Asking.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION,
};
use reqwest::{Client, Response, redirect};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::answer::{Answer, Body, Hop, Outcome, Validators};
use super::body::{Bounds, unpack};
use super::error::{FetchError, Phase};
use super::header;
use super::names::{CheckedNames, Names};
use super::options::{Options, OptionsError};
use super::target::{redirected, target};
use crate::formats::limits;

/// One question.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub url: &'a str,
    /// What the last answer gave.
    pub validators: Option<&'a Validators>,
    /// The header `Accept`.
    pub accept: &'static str,
}

/// Asks web sites. Cheap to clone; connections are kept and shared.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    options: Arc<Options>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// Makes one. `names` is [`super::SystemNames`] but in tests.
    ///
    /// # Errors
    /// [`OptionsError`].
    pub fn new(options: Options, names: Arc<dyn Names>) -> Result<Self, OptionsError> {
        // The provider is for the whole process; that somebody else installed it first is no fault.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let user_agent = options.user_agent()?;
        let mut roots = vec![];
        for (index, root) in options.extra_roots.iter().enumerate() {
            let root = reqwest::Certificate::from_der(root)
                .map_err(|_| OptionsError::ExtraRoot { index })?;
            roots.push(root);
        }
        let options = Arc::new(options);
        // A proxy named in the environment would be asked unchecked, and only `cli` reads it.
        let mut client = Client::builder().no_proxy();
        let mut proxy_host = None;
        if let Some(proxy) = &options.proxy {
            let refused = || OptionsError::Proxy(proxy.clone());
            let url = Url::parse(proxy).map_err(|_| refused())?;
            if url.scheme() != "http" {
                return Err(refused());
            }
            proxy_host = url.host_str().map(str::to_owned);
            client = client.proxy(reqwest::Proxy::all(url).map_err(|_| refused())?);
        }
        let client = client
            .user_agent(user_agent)
            .redirect(redirect::Policy::none())
            .referer(false)
            .http1_only()
            .connect_timeout(options.connect_timeout)
            .pool_max_idle_per_host(2)
            .tls_certs_merge(roots)
            .dns_resolver(CheckedNames {
                names,
                options: Arc::clone(&options),
                proxy_host,
            })
            .build()
            .map_err(|error| OptionsError::Tls(told(&error)))?;
        Ok(Self { client, options })
    }

    /// The same, with its connections, for smaller bodies: in bytes, on the wire and unpacked.
    #[must_use]
    pub fn limited(&self, bytes: usize) -> Self {
        let options = Options {
            wire_limit: bytes.min(self.options.wire_limit),
            decoded_limit: bytes.min(self.options.decoded_limit),
            ..(*self.options).clone()
        };
        Self {
            client: self.client.clone(),
            options: Arc::new(options),
        }
    }

    /// Asks, follows redirects, unpacks.
    ///
    /// # Errors
    /// [`FetchError`] when there is no answer that can be used; a status of any kind is an
    /// [`Outcome`].
    pub async fn get(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        let deadline = Instant::now() + self.options.total_timeout;
        timeout_at(deadline, self.follow(request))
            .await
            .map_err(|_| FetchError::Timeout(Phase::All))?
    }

    async fn follow(&self, request: &Request<'_>) -> Result<Answer, FetchError> {
        let mut url = target(request.url, &self.options)?;
        let mut hops = vec![];
        let mut moved = None;
        let mut permanent = true;
        loop {
            let response = self.ask(&url, request).await?;
            let status = response.status().as_u16();
            hops.push(Hop {
                url: url.clone(),
                status,
                address: response.remote_addr().map(|address| address.ip()),
            });
            let location = matches!(status, 301 | 302 | 303 | 307 | 308)
                .then(|| response.headers().get(LOCATION))
                .flatten();
            let Some(location) = location else {
                return self.answer(response, url, hops, moved).await;
            };
            if hops.len() > self.options.redirects {
                return Err(FetchError::TooManyRedirects {
                    limit: self.options.redirects,
                });
            }
            url = redirected(&url, location.as_bytes(), &self.options)?;
            permanent &= matches!(status, 301 | 308);
            if permanent {
                moved = Some(url.clone());
            }
        }
    }

    async fn ask(&self, url: &Url, request: &Request<'_>) -> Result<Response, FetchError> {
        let mut asking = self
            .client
            .get(url.clone())
            .header(ACCEPT, request.accept)
            .header(ACCEPT_ENCODING, "gzip, br, zstd");
        if let Some(validators) = request.validators
            && validators.url.as_ref() == Some(url)
        {
            if let Some(etag) = &validators.etag {
                asking = asking.header(IF_NONE_MATCH, etag);
            }
            if let Some(last_modified) = &validators.last_modified {
                asking = asking.header(IF_MODIFIED_SINCE, last_modified);
            }
        }
        tokio::time::timeout(self.options.head_timeout, asking.send())
            .await
            .map_err(|_| FetchError::Timeout(Phase::Head))?
            .map_err(|error| failed(&error, Phase::Head))
    }

    async fn answer(
        &self,
        response: Response,
        url: Url,
        hops: Vec<Hop>,
        moved: Option<Url>,
    ) -> Result<Answer, FetchError> {
        let headers = response.headers();
        let cache = header::cache_control(headers);
        let retry_after = header::retry_after(headers);
        let outcome = match response.status().as_u16() {
            200 => Outcome::Fresh(Box::new(self.body(response, &url).await?)),
            304 => Outcome::NotModified,
            410 => Outcome::Gone,
            status @ (429 | 503) => Outcome::Busy { status },
            status => Outcome::Failed { status },
        };
        Ok(Answer {
            hops,
            moved,
            outcome,
            cache,
            retry_after,
        })
    }

    async fn body(&self, mut response: Response, url: &Url) -> Result<Body, FetchError> {
        let limit = self.options.wire_limit;
        let over = FetchError::WireLimit { limit };
        let headers = response.headers();
        let validators = header::validators(headers, url);
        let (media_type, charset) = header::content_type(headers);
        let encoding: Vec<&str> = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .map(|value| value.to_str().unwrap_or("?"))
            .collect();
        let encoding = encoding.join(",");
        if response
            .content_length()
            .is_some_and(|length| length > limit as u64)
        {
            return Err(over);
        }
        let mut packed = vec![];
        loop {
            let piece = tokio::time::timeout(self.options.idle_timeout, response.chunk())
                .await
                .map_err(|_| FetchError::Timeout(Phase::Body))?
                .map_err(|error| failed(&error, Phase::Body))?;
            let Some(piece) = piece else {
                break;
            };
            if packed.len() + piece.len() > limit {
                return Err(over);
            }
            packed.extend_from_slice(&piece);
        }
        let wire = packed.len();
        let bounds = Bounds {
            decoded: self.options.decoded_limit,
            ratio: limits::BODY_RATIO,
            ratio_floor: limits::BODY_RATIO_FLOOR,
        };
        let bytes = if encoding.trim().is_empty() && wire <= bounds.decoded {
            packed
        } else {
            tokio::task::spawn_blocking(move || unpack(packed, &encoding, bounds))
                .await
                .map_err(|error| FetchError::Unpack(error.to_string()))??
        };
        Ok(Body {
            bytes,
            wire,
            media_type,
            charset,
            validators,
        })
    }
}

/// What the library says, taken apart; what our own checks said comes through it.
fn failed(error: &reqwest::Error, phase: Phase) -> FetchError {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(ours) = inner.downcast_ref::<FetchError>() {
            return ours.clone();
        }
        if let Some(ours) = inner.downcast_ref::<Box<FetchError>>() {
            return ours.as_ref().clone();
        }
        source = inner.source();
    }
    if error.is_timeout() {
        FetchError::Timeout(if error.is_connect() {
            Phase::Connect
        } else {
            phase
        })
    } else if error.is_connect() {
        FetchError::Connect(told(error))
    } else {
        FetchError::Protocol(told(error))
    }
}

/// The innermost reason: the outer ones repeat the address.
fn told(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    innermost.to_string().chars().take(200).collect()
}
