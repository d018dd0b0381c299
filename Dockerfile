# hubsearch as a container: docker build -t hubsearch .
# The locked dependencies stand in a layer of their own, which a change of the code leaves alone.
# At run time only /var/lib/hubsearch (the home) and /tmp are written, by a user without rights.
ARG PYTHON=python:3.13.7-slim-bookworm

FROM ${PYTHON} AS dependencies
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/hubsearch
COPY requirements.txt /src/
RUN /opt/hubsearch/bin/pip install --require-hashes --only-binary :all: -r /src/requirements.txt

FROM ${PYTHON} AS wheel
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-build.txt /src/
RUN pip install --require-hashes --only-binary :all: -r /src/requirements-build.txt
COPY . /src/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheel /src

FROM ${PYTHON}
LABEL org.opencontainers.image.title="hubsearch" \
      org.opencontainers.image.description="One search over the public-data catalogues of a state" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 hubsearch \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/hubsearch --no-create-home --shell /usr/sbin/nologin hubsearch \
 && install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/hubsearch
COPY --from=dependencies /opt/hubsearch /opt/hubsearch
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    /opt/hubsearch/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index /wheel/*.whl
# An exported feed is made in a temporary folder, and may be a gigabyte: on the volume, not in memory.
ENV PATH=/opt/hubsearch/bin:$PATH \
    HOME=/tmp \
    TMPDIR=/var/lib/hubsearch \
    HUBSEARCH_HOME=/var/lib/hubsearch \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /var/lib/hubsearch
VOLUME /var/lib/hubsearch
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["hubsearch"]
CMD ["serve", "--host", "0.0.0.0"]
