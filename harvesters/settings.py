"""Scrapy's settings, each on purpose. The flow of a request is the ordered list of middlewares."""

from typing import Any

from harvesters.portal import Portal

_SCRAPY_DOWNLOADER = "scrapy.downloadermiddlewares"
_SCRAPY_SPIDER = "scrapy.spidermiddlewares"

MIDDLEWARES: dict[str, int | None] = {
    # on the way out, top down; on the way back, bottom up
    "harvesters.robots.RobotsGate": 100,
    "harvesters.breaker.CircuitBreaker": 400,
    "harvesters.retry.PatientRetry": 500,
    "harvesters.redirects.Redirects": 600,
    "harvesters.conditional.OnlyIfChanged": 900,
    # Scrapy's: replaced by those above, or not wanted
    f"{_SCRAPY_DOWNLOADER}.offsite.OffsiteMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.robotstxt.RobotsTxtMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.httpauth.HttpAuthMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.downloadtimeout.DownloadTimeoutMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.retry.RetryMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.redirect.MetaRefreshMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.redirect.RedirectMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.httpcompression.HttpCompressionMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.cookies.CookiesMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.httpproxy.HttpProxyMiddleware": None,
    f"{_SCRAPY_DOWNLOADER}.httpcache.HttpCacheMiddleware": None,
}


def scrapy_settings(portal: Portal, user_agent: str) -> dict[str, Any]:
    """The settings of one run. Throttling is for other people's servers: `allow_private` has none."""
    return {
        "USER_AGENT": user_agent,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "application/json, */*;q=0.5", "Accept-Encoding": "gzip"},
        "DOWNLOAD_HANDLERS": {
            "http": "harvesters.transport.StreamingHandler",
            "https": "harvesters.transport.StreamingHandler",
            "data": None,
            "file": None,
            "ftp": None,
            "s3": None,
        },
        "DOWNLOADER_MIDDLEWARES": MIDDLEWARES,
        "SPIDER_MIDDLEWARES": {
            # every status is the spider's business
            f"{_SCRAPY_SPIDER}.httperror.HttpErrorMiddleware": None,
            f"{_SCRAPY_SPIDER}.referer.RefererMiddleware": None,
            # a portal's scroll ids may be long
            f"{_SCRAPY_SPIDER}.urllength.UrlLengthMiddleware": None,
        },
        "EXTENSIONS": {
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.spiderstate.SpiderState": None,
        },
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        # one request at a time to a host, slower when the host is slow
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "AUTOTHROTTLE_ENABLED": not portal.allow_private,
        "AUTOTHROTTLE_START_DELAY": 0.5,
        "AUTOTHROTTLE_MAX_DELAY": 30,
        "LOG_LEVEL": "INFO",
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
    }
