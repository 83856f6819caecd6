# The lab's images. One file for the legacy builder and BuildKit, so: no syntax line, no --mount, no COPY --chmod.
# The legacy builder runs every stage above its target; stages stand in the order in which they are needed.
ARG BASE=debian:bookworm-slim

# What every build needs. Compilers stay here and reach no image that runs.
FROM ${BASE} AS toolchain
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      cmake g++ ninja-build pkg-config \
      libasio-dev libcli11-dev libnftables-dev libpcap-dev libspdlog-dev libutf8proc-dev libxxhash-dev \
 && rm -rf /var/lib/apt/lists/*

# The programs need nothing but the C library. Each gets a tree that becomes the one layer of its image, with /evidence
# for labs that compose starts: a volume mounted there takes over its mode.
FROM toolchain AS services-build
WORKDIR /build
COPY CMakeLists.txt /source/
COPY cmake /source/cmake
COPY services /source/services
RUN cmake -G Ninja -S /source -B /build -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DECHOLAB_LAB=OFF -DECHOLAB_TESTS=OFF \
 && cmake --build /build
RUN set -eu; for program in echo-server echo-client faulty-server capture-agent; do \
      install -D -s "/build/bin/$program" "/image/$program/usr/local/bin/$program"; \
      install -d -m 777 "/image/$program/evidence"; done; \
    install -D -s /build/bin/supervisor /image/runner/usr/local/bin/supervisor; \
    install -d /image/runner/submission /image/runner/work

FROM ${BASE} AS echo-server
COPY --from=services-build /image/echo-server /
USER 65532:65532
WORKDIR /
EXPOSE 5000/udp 5000/tcp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/echo-server"]
LABEL org.opencontainers.image.title="echolab echo server" \
      org.opencontainers.image.description="UDP and TCP echo server that logs each step of its sockets" \
      org.opencontainers.image.licenses="MIT"

FROM ${BASE} AS echo-client
COPY --from=services-build /image/echo-client /
USER 65532:65532
WORKDIR /
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/echo-client"]
LABEL org.opencontainers.image.title="echolab echo client" \
      org.opencontainers.image.description="The course's echo client, and its scripted form for scenarios" \
      org.opencontainers.image.licenses="MIT"

# An echo server with one planted fault: what the lab must catch.
FROM ${BASE} AS faulty-server
COPY --from=services-build /image/faulty-server /
USER 65532:65532
WORKDIR /
EXPOSE 5000/udp 5000/tcp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/faulty-server"]
CMD ["--fault", "alter"]
LABEL org.opencontainers.image.title="echolab faulty echo server" \
      org.opencontainers.image.description="An echo server with one planted fault, for demonstrations and tests" \
      org.opencontainers.image.licenses="MIT"

# tcpdump wants root and a few capabilities; whoever starts this image grants them one by one.
FROM ${BASE} AS capture-agent
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libnftables1 tcpdump \
 && rm -rf /var/lib/apt/lists/*
COPY --from=services-build /image/capture-agent /
WORKDIR /
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/capture-agent"]
LABEL org.opencontainers.image.title="echolab capture agent" \
      org.opencontainers.image.description="Runs one tcpdump, proves that it is on, and counts what it kept" \
      org.opencontainers.image.licenses="MIT"

# Builds and runs what students hand in: compilers and interpreters, and nothing that a program could gain by. No file
# of it changes its user or group, and only /tmp, which is mounted over, can be written by everybody.
FROM ${BASE} AS runner
# The Java package links its manual pages into a folder that slim images lack.
RUN mkdir -p /usr/share/man/man1 && apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      g++ gcc libc6-dev make openjdk-17-jdk-headless python3 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /usr/share/doc/* /usr/share/man/* \
 && find / -xdev ! -type l -perm /6000 -exec chmod a-s {} + \
 && find / -xdev ! -type l -perm -0002 ! -path /tmp -exec chmod o-w {} +
COPY --from=services-build /image/runner /
USER 65532:65532
WORKDIR /work
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/supervisor"]
LABEL org.opencontainers.image.title="echolab runner" \
      org.opencontainers.image.description="Compilers and interpreters under a supervisor, for programs that nobody trusts" \
      org.opencontainers.image.licenses="MIT"

FROM toolchain AS lab-build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      libarchive-dev libcurl4-openssl-dev libfreetype-dev libmnl-dev libpng-dev libpugixml-dev libre2-dev libseccomp-dev \
      libyaml-cpp-dev libzstd-dev nettle-dev nlohmann-json3-dev zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY CMakeLists.txt /source/
COPY cmake /source/cmake
COPY lab /source/lab
RUN cmake -G Ninja -S /source -B /build -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DECHOLAB_PCH=ON -DECHOLAB_SERVICES=OFF -DECHOLAB_TESTS=OFF \
 && cmake --build /build --target lab/cli/echolab \
 && install -D -s /build/lab/cli/echolab /image/usr/local/bin/echolab

# The controller. Runs as whoever `docker run --user` names; root only where it must hand files to their owner.
FROM ${BASE} AS lab
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates fonts-dejavu-core fonts-naver-d2coding libarchive13 libcurl4 libfmt9 libfreetype6 libmnl0 libnettle8 \
      libpng16-16 libpugixml1v5 libre2-9 libseccomp2 libutf8proc2 libxxhash0 libyaml-cpp0.7 libzstd1 zlib1g \
 && rm -rf /var/lib/apt/lists/*
COPY --from=lab-build /image /
COPY scenarios /lab/scenarios
WORKDIR /lab
ENV LANG=C.UTF-8
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/echolab"]
LABEL org.opencontainers.image.title="echolab" \
      org.opencontainers.image.description="The lab controller: runs a scenario, judges logs against the capture" \
      org.opencontainers.image.licenses="MIT"
