# syntax=docker/dockerfile:1
# The program alone: no shell, no package manager, no root. Not built where it
# was written (there is no engine there); files_test.go holds what it says.
# Behind a slow line: docker build --build-arg GOPROXY=https://your.proxy,direct .

FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
ARG GOPROXY
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
RUN GOFLAGS=-buildvcs=false GOOS=$TARGETOS GOARCH=$TARGETARCH tools/build /out/pufa \
 && cp /usr/local/go/lib/time/zoneinfo.zip /out/ \
 && mkdir -m 0700 /out/data

FROM scratch
# Who signed the platform's certificate, and what time it is where.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/zoneinfo.zip /
COPY --from=build /out/pufa /pufa
# A new named volume takes over the owner of the folder it covers.
COPY --from=build --chown=65532:65532 /out/data /data
ENV ZONEINFO=/zoneinfo.zip \
    PUFA_ADDR=0.0.0.0:8080 \
    PUFA_DATA_DIR=/data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["/pufa", "health"]
ENTRYPOINT ["/pufa"]
CMD ["serve"]
