# s3mount: build it, try it, test it. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# x64 or arm64; give ARCH=... to build for the other one.
ARCH ?= $(shell uname -m)
RID ?= linux-$(if $(filter aarch64 arm64,$(ARCH)),arm64,$(if $(filter x86_64 amd64 x64,$(ARCH)),x64,$(ARCH)))
# One configuration for everything, so that nothing is built twice.
CONFIGURATION := Release
SOLUTION := s3mount.sln
RESULTS := TestResults
BUILT := src/S3Mount/bin/$(CONFIGURATION)/net10.0/$(RID)

# Debian packages. What the demo needs, what the tests need on top, and what the bench compares with.
DEMO_PACKAGES := fuse3
TEST_PACKAGES := $(DEMO_PACKAGES) ceph-mon ceph-osd ceph-common radosgw python3-boto3 python3-torch python3-torchvision attr fio systemd \
	debootstrap dpkg-dev groff-base lintian man-db prometheus tmux zsh
BENCH_PACKAGES := python3-torch python3-torchvision
PEER_PACKAGES := s3fs rclone

PREFIX ?= /usr/local
# Of the machine, and so root's: others install without the units and mount helpers, unless they stage (DESTDIR) or name places.
IS_MACHINE := $(if $(DESTDIR),yes,$(filter 0,$(shell id -u)))
UNITS ?= $(if $(IS_MACHINE),/etc/systemd/system)
HELPERS ?= $(if $(IS_MACHINE),/sbin)
INSTALL_FILES = DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" UNITS="$(UNITS)" HELPERS="$(HELPERS)"

# Of the container image: its name and tag, and packages of Debian that it is to have besides.
IMAGE ?=
IMAGE_PACKAGES ?=

# Settings of the store, rounds, scenarios by the beginnings of their names ("small seq"; empty: all), and whether s3fs and rclone run too.
BENCH ?= loopback remote
BENCH_ROUNDS ?= 3
BENCH_ONLY ?=
BENCH_PEERS ?= yes
# Files of the largest tree that is listed; fewer show whether everything works, and nothing else.
BENCH_FILES ?= 1281167
# Images of an epoch; the same holds for them.
BENCH_IMAGES ?= 10000

# How long the mixed load of `make soak` runs in all, and how often it kills the daemon after that. S3MOUNT_FAULT_SEED and S3MOUNT_KILL_SEED draw
# what happens; they are printed.
SOAK_SECONDS ?= 3600
SOAK_KILLS ?= 200

# How many inputs the quickest targets of `make fuzz` get (`make test`: 20,000, always the same ones); the others get as much fewer as they have there.
# Another seed draws other inputs; it is printed.
FUZZ_EXECUTIONS ?= 2000000
FUZZ_SEED ?= $(shell echo $$RANDOM)

UNIT_TESTS := S3Mount.Tests S3Mount.Fuse.Tests S3Mount.ObjectStore.Tests S3Mount.FileSystem.Tests S3Mount.Testing.Tests

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# No build server outlives the command that started it.
DOTNET_BUILD_FLAGS := -c $(CONFIGURATION) -nodeReuse:false -p:UseSharedCompilation=false --nologo -v:minimal

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build out/s3mount, one file that runs as it stands
	dotnet publish src/S3Mount -r $(RID) $(DOTNET_BUILD_FLAGS)
	@mkdir -p out
	@# install makes a new file: a mount that runs from the old one is not disturbed.
	@# The library lies beside what was compiled: publishing again over an older publication leaves it out.
	install -m 755 $(BUILT)/publish/s3mount $(BUILT)/libMonoPosixHelper.so out/
	@install -m 644 $(BUILT)/publish/THIRD-PARTY-NOTICES.TXT out/

.PHONY: install
install: ## install what `make build` built: program, mount helper, units, manual, completions, Python module (PREFIX=/usr/local DESTDIR=)
	@$(INSTALL_FILES) packaging/install-files.sh out/s3mount out/libMonoPosixHelper.so
	@$(if $(UNITS)$(HELPERS),:,echo "not root: installed without systemd units and without mount.s3mount for fstab")

.PHONY: uninstall
uninstall: ## remove what `make install` installed, with the same variables
	@$(INSTALL_FILES) LIST=yes packaging/install-files.sh - - | while IFS= read -r file; do rm -f -- "$(DESTDIR)$$file"; done
	@# Directories that hold nothing else; others stay.
	@find "$(DESTDIR)$(PREFIX)/lib/s3mount" "$(DESTDIR)$(PREFIX)/share/s3mount" "$(DESTDIR)$(PREFIX)/share/doc/s3mount" -depth -type d -empty -delete 2>/dev/null || true

.PHONY: package
package: build ## build out/packages/s3mount_VERSION_ARCH.deb and .tar.gz, the same bytes from the same commit (ARCH=arm64 MAINTAINER=)
	@MAINTAINER="$(MAINTAINER)" packaging/package.sh out "$$(dotnet msbuild src/S3Mount -getProperty:Version)" $(RID) out/packages

.PHONY: image
image: ## build a container image with docker or podman (IMAGE=s3mount:VERSION IMAGE_PACKAGES= for more of Debian, ARCH=)
	@packaging/docker/build-image.sh --check
	@$(MAKE) --no-print-directory package
	@version=$$(dotnet msbuild src/S3Mount -getProperty:Version) && packaging/docker/build-image.sh "$(or $(IMAGE),s3mount:$$version)" \
		"s3mount_$$version-1_$(if $(filter linux-arm64,$(RID)),arm64,amd64).deb" "$(IMAGE_PACKAGES)"

.PHONY: demo
demo: ## mount a generated dataset from a local S3 server, read and compare every byte, unmount
	@tests/ensure-packages.sh $(DEMO_PACKAGES)
	@$(MAKE) --no-print-directory build
	dotnet build tests/S3Mount.Testing $(DOTNET_BUILD_FLAGS)
	@tests/demo.sh

.PHONY: test
test: ## install what the tests need (as root), build, run all tests; ends with "N passed, N failed, N skipped"
	@tests/ensure-packages.sh --or-go-on $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory build
	dotnet build $(SOLUTION) $(DOTNET_BUILD_FLAGS)
	@S3MOUNT_PROGRAM="$(CURDIR)/out/s3mount" tests/run-tests.sh $(RESULTS) $(CONFIGURATION)

.PHONY: soak
soak: ## mixed load with faults and overwrites for a time, then kills under load; prints the figures (SOAK_SECONDS=3600 SOAK_KILLS=200)
	@tests/ensure-packages.sh --or-go-on $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory build
	dotnet build tests/S3Mount.MountTests $(DOTNET_BUILD_FLAGS)
	@mkdir -p $(RESULTS) && rm -f $(RESULTS)/soak.txt
	@# The load runs three times: with faults that pass, with the same before a real store, and with answers that lie.
	@trap 'cat $(RESULTS)/soak.txt' EXIT; \
		S3MOUNT_PROGRAM="$(CURDIR)/out/s3mount" S3MOUNT_FIGURES="$(CURDIR)/$(RESULTS)/soak.txt" \
		S3MOUNT_FAULT_SECONDS=$$(($(SOAK_SECONDS) / 3)) S3MOUNT_KILLS=$(SOAK_KILLS) \
		dotnet test tests/S3Mount.MountTests -c $(CONFIGURATION) --no-build --nologo --logger "console;verbosity=detailed" \
		--filter "FullyQualifiedName~.FaultTests.|FullyQualifiedName~.KillTests."

.PHONY: fuzz
fuzz: ## hostile input for every parser and protocol: far more of it than in `make test` (FUZZ_EXECUTIONS=2000000 FUZZ_SEED=)
	dotnet build $(SOLUTION) $(DOTNET_BUILD_FLAGS)
	@FUZZ_EXECUTIONS=$(FUZZ_EXECUTIONS) FUZZ_SEED=$(FUZZ_SEED) dotnet test $(SOLUTION) -c $(CONFIGURATION) --no-build --nologo -m:1 \
		--logger "console;verbosity=detailed" --filter TestCategory=Fuzz

.PHONY: check
check: ## formatter, warnings as errors, unit tests; then the unit tests again on one processor
	dotnet format $(SOLUTION) --verify-no-changes
	dotnet build $(SOLUTION) $(DOTNET_BUILD_FLAGS)
	for project in $(UNIT_TESTS); do dotnet test tests/$$project -c $(CONFIGURATION) --no-build --nologo; done
	for project in $(UNIT_TESTS); do DOTNET_PROCESSOR_COUNT=1 dotnet test tests/$$project -c $(CONFIGURATION) --no-build --nologo; done

.PHONY: bench
bench: ## measure s3mount beside s3fs, rclone and a bare client (BENCH="loopback remote" BENCH_ROUNDS=3 BENCH_ONLY="small seq" BENCH_PEERS=no)
	@tests/ensure-packages.sh $(DEMO_PACKAGES) $(if $(filter no,$(BENCH_PEERS)),,$(PEER_PACKAGES))
	@# Without these the ImageFolder rows are left out.
	@tests/ensure-packages.sh --or-go-on $(BENCH_PACKAGES)
	@$(MAKE) --no-print-directory build
	dotnet build tests/S3Mount.Benchmarks $(DOTNET_BUILD_FLAGS)
	@tests/S3Mount.Benchmarks/bin/$(CONFIGURATION)/net10.0/S3Mount.Benchmarks --program out/s3mount --rounds $(BENCH_ROUNDS) \
		--settings "$(BENCH)" --only "$(BENCH_ONLY)" --peers $(BENCH_PEERS) --files $(BENCH_FILES) --images $(BENCH_IMAGES) --results $(RESULTS)/bench

.PHONY: clean
clean: ## remove what was built
	rm -rf out $(RESULTS) src/*/bin src/*/obj tests/*/bin tests/*/obj
