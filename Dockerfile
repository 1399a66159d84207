# The binary of `make build`, the libraries that it loads, and nothing else: no shell, no package manager.
# It is the same binary that runs by systemd, so it is built first, not in here:
#
#   make build && docker build -t allora-pipeline .
#   docker run --rm allora-pipeline --version
#
# Settings are files in one directory (help env-file, help topic-file) that user 10001 may read; state and
# logs are volumes; secrets are files in /run/secrets. The daemon, or one visit, for a timer of your own:
#
#   files="-v $PWD/etc:/etc/allora-pipeline:ro -v $PWD/secrets/mnemonic:/run/secrets/mnemonic:ro
#     -v allora-state:/var/lib/allora-pipeline -v allora-logs:/var/log/allora-pipeline"
#   docker run -d --name allora --restart unless-stopped --stop-timeout 30 $files allora-pipeline
#   docker run --rm $files allora-pipeline submit
FROM debian:bookworm-slim AS files
# The pattern may match nothing, so that the next step can say what is missing.
COPY Dockerfile bin/allora-pipelin[e] /from/
RUN [ -x /from/allora-pipeline ] || { echo "Cannot build the image: bin/allora-pipeline is missing: run make build" >&2; exit 1; }
RUN set -eu; umask 022; \
    mkdir -p /image/etc/allora-pipeline/topics /image/run/secrets; \
    mkdir -p /image/tmp /image/var/lib/allora-pipeline /image/var/log/allora-pipeline; \
    chmod 1777 /image/tmp; chmod 750 /image/var/lib/allora-pipeline /image/var/log/allora-pipeline; \
    chown 10001:10001 /image/var/lib/allora-pipeline /image/var/log/allora-pipeline; \
    echo 'allora-pipeline:x:10001:10001::/var/lib/allora-pipeline:/sbin/nologin' >/image/etc/passwd; \
    echo 'hosts: files dns' >/image/etc/nsswitch.conf; \
    for library in $(ldd /from/allora-pipeline | grep -o '/[^ ]*'); do \
      mkdir -p "/image${library%/*}"; cp -L "$library" "/image$library"; \
    done

FROM scratch
COPY --from=files /image /
COPY bin/allora-pipeline /usr/local/bin/
# Whatever a container's engine puts there is for this program alone, whichever mode the engine gives it.
ENV PATH=/usr/local/bin CREDENTIALS_DIRECTORY=/run/secrets
USER 10001:10001
VOLUME ["/var/lib/allora-pipeline", "/var/log/allora-pipeline"]
HEALTHCHECK --interval=300s --timeout=30s --retries=3 CMD ["allora-pipeline", "health"]
ENTRYPOINT ["allora-pipeline"]
CMD ["daemon"]
