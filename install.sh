#!/bin/sh
# Installs kakaotalk-mcp for one user, without root, into PREFIX/bin.
#
#   curl -fsSL https://github.com/OWNER/NAME/releases/latest/download/install.sh | sh
#   ./install.sh                  inside a checkout: builds with Go
#
# A downloaded archive is used only if its SHA-256 is the one in checksums.txt
# and, where the GitHub CLI can ask, GitHub confirms who built it. The program
# in place is replaced in one step, and only by one that runs on this computer.
set -eu

# OWNER/NAME on GitHub, written in by the release step.
REPO=''

NAME=kakaotalk-mcp
MAX_BLOCKS=262144 # of 512 bytes (bash: 1024): no release archive is near 128 MiB

usage() {
  printf '%s\n' 'install.sh [--prefix DIR] [--version vX.Y.Z]' 'install.sh --uninstall [--yes] [--prefix DIR]' \
    'curl -fsSL .../install.sh | sh -s -- [option...]' ''
  say "  --prefix DIR       DIR/bin에 설치하기 (기본값 ~/.local)" "  --prefix DIR       install into DIR/bin (default ~/.local)"
  say "  --version vX.Y.Z   이 버전을 내려받기" "  --version vX.Y.Z   download this release"
  say "  --uninstall        프로그램과 저장한 것을 모두 지우기" "  --uninstall        remove the program and everything it saved"
  say "  --yes              --uninstall에서 묻지 않고 지우기" "  --yes              with --uninstall, remove without asking"
  printf '%s\n' '' '  PREFIX                       --prefix' '  KAKAOTALK_MCP_REPO           OWNER/NAME' \
    '  KAKAOTALK_MCP_DOWNLOAD_URL   https://github.com/OWNER/NAME/releases'
}

# say KOREAN ENGLISH: one of them, chosen as the program chooses.
say() {
  case ${KAKAO_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
    '' | ko* | C | C.* | POSIX) printf '%s\n' "$1" ;;
    *) printf '%s\n' "$2" ;;
  esac
}

die() {
  say "✘ $1" "✘ $2" >&2
  exit "${3:-1}"
}

has() { command -v "$1" >/dev/null 2>&1; }

# quoted TEXT: one word of a shell.
quoted() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

# shellcheck disable=SC2317 # called by the traps
cleanup() {
  [ -z "$tmp" ] || rm -rf -- "$tmp"
  [ -z "$stage" ] || rm -rf -- "$stage"
}

# checkout prints the folder of this script if it is the source of this program.
# A script read from a pipe has no folder: the current one may be a stranger's.
checkout() {
  case $0 in
    install.sh | */install.sh) ;;
    *) return 1 ;;
  esac
  dir=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || return 1
  [ -f "$dir/go.mod" ] && [ -d "$dir/cmd/$NAME" ] || return 1
  read -r module <"$dir/go.mod" || return 1
  [ "$module" = "module $NAME" ] || return 1
  printf '%s\n' "$dir"
}

# build SOURCE writes the program to $tmp.
build() {
  has go || die "Go가 없어요. https://go.dev/dl/ 에서 설치한 뒤 다시 실행해 주세요." \
    "Go is missing. Install it from https://go.dev/dl/ and run this again."
  stamp=''
  if has git; then
    stamp=$(git -C "$1" describe --tags --always --dirty --match 'v*' 2>/dev/null) || stamp=''
    case $stamp in
      '' | v*) ;;
      *) stamp="dev-$stamp" ;;
    esac
  fi
  say "Go로 빌드하고 있어요: $1" "Building with Go: $1"
  # No VCS stamp by Go: it fails in a checkout that another user owns.
  (cd -- "$1" && CGO_ENABLED=0 GOOS='' GOARCH='' go build -trimpath -buildvcs=false -tags=nethttpomithttp2 \
    -ldflags "-s -w -X main.stamp=$stamp" -o "$tmp/$NAME" "./cmd/$NAME" </dev/null) ||
    die "빌드하지 못했어요. 위의 내용을 확인해 주세요." "The build failed; see above."
}

# archive_name prints the release archive for this computer.
archive_name() {
  case $(uname -m) in
    x86_64 | amd64) arch=amd64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) arch='' ;;
  esac
  case $(uname -s)/$arch in
    Darwin/?*) printf '%s_darwin_all.tar.gz\n' "$NAME" ;;
    Linux/?*) printf '%s_linux_%s.tar.gz\n' "$NAME" "$arch" ;;
    MINGW*/* | MSYS*/* | CYGWIN*/*)
      die "Windows에서는 PowerShell에서 install.ps1을 실행해 주세요." "On Windows run install.ps1 in PowerShell." ;;
    *)
      die "이 컴퓨터($(uname -s) $(uname -m))용 파일이 없어요. 소스에서 Go로 빌드해 주세요." \
        "There is no release for $(uname -s) $(uname -m). Build it from source with Go." ;;
  esac
}

# fetch URL FILE. Plain http is for a server on this computer only.
fetch() {
  case $1 in
    *@* | *[[:space:]]*) proto='' ;;
    https://?*) proto='=https' ;;
    http://127.0.0.1[:/]* | http://localhost[:/]* | 'http://[::1]'[:/]*) proto='=http' ;;
    *) proto='' ;;
  esac
  [ -n "$proto" ] || die "https 주소가 아니에요: $1" "Not an https address: $1" 2
  gnu=''
  if ! has curl; then
    # BusyBox's wget takes any certificate, and Debian's crashes with -T.
    case $(wget --version 2>/dev/null) in
      *GNU*) gnu=1 ;;
      *) [ "$proto" != '=https' ] || die "이 컴퓨터의 wget은 https 인증서를 확인하지 않아요. curl을 설치해 주세요." \
        "wget on this computer does not check certificates. Install curl." ;;
    esac
  fi
  say "내려받고 있어요: $1" "Downloading: $1"
  (
    ulimit -f "$MAX_BLOCKS" 2>/dev/null
    if has curl; then
      curl -fsSL --proto "$proto" --tlsv1.2 --connect-timeout 15 --max-time 900 --retry 2 -o "$2" "$1"
    else
      wget -q ${gnu:+-T 30 -t 3} -O "$2" "$1"
    fi
  ) </dev/null || die "내려받지 못했어요. 인터넷 연결과 버전을 확인한 뒤 다시 실행해 주세요: $1" \
    "Download failed. Check the network and the version, then run this again: $1"
}

# sha256 FILE
sha256() {
  if has sha256sum; then
    sum=$(sha256sum <"$1")
  elif has shasum; then
    sum=$(shasum -a 256 <"$1")
  else
    sum=$(openssl dgst -sha256 -r <"$1")
  fi
  printf '%s\n' "${sum%% *}"
}

# published NAME prints the checksum that checksums.txt gives for NAME.
published() {
  while read -r sum file || [ -n "$sum" ]; do
    if [ "$file" = "$1" ] || [ "$file" = "*$1" ]; then
      printf '%s\n' "$sum"
      return 0
    fi
  done <"$tmp/checksums.txt"
  return 1
}

# attest FILE asks GitHub whether this repository's release workflow built FILE.
attest() {
  if [ -z "$repo" ] || ! has gh || ! gh attestation --help >/dev/null 2>&1 || ! gh auth status >/dev/null 2>&1; then
    say "빌드 출처는 확인하지 않았어요. 확인하려면 GitHub CLI(gh)에 로그인해 주세요." \
      "The origin of the build was not checked. To check it, log in with the GitHub CLI (gh)."
    return 0
  fi
  gh attestation verify "$1" --repo "$repo" --signer-workflow "$repo/.github/workflows/release.yml" </dev/null >/dev/null ||
    die "GitHub에서 빌드 출처를 확인하지 못해서 설치하지 않았어요. 잠시 후 다시 실행하고, 계속되면 개발자에게 알려 주세요." "GitHub did not confirm the origin of the build. Nothing was installed. Try again in a moment. If it keeps failing, please report it."
  say "✔ 빌드 출처를 확인했어요: $repo" "✔ GitHub confirms this was built by $repo"
}

# download writes the checked program to $tmp.
download() {
  base=${KAKAOTALK_MCP_DOWNLOAD_URL:-}
  if [ -z "$base" ]; then
    [ -n "$repo" ] || die "내려받을 저장소를 알 수 없어요. KAKAOTALK_MCP_REPO=OWNER/NAME처럼 설정해 주세요." \
      "The repository to download from is unknown. Set KAKAOTALK_MCP_REPO=OWNER/NAME." 2
    base="https://github.com/$repo/releases"
  fi
  if [ -n "$version" ]; then
    base="${base%/}/download/$version"
  else
    base="${base%/}/latest/download"
  fi
  archive=$(archive_name)
  has curl || has wget || die "curl이나 wget이 필요해요." "curl or wget is needed."
  has sha256sum || has shasum || has openssl || die "sha256sum, shasum, openssl 중 하나가 필요해요." \
    "sha256sum, shasum or openssl is needed."
  has tar || die "tar가 필요해요." "tar is needed."

  fetch "$base/checksums.txt" "$tmp/checksums.txt"
  want=$(published "$archive") || die "checksums.txt에 $archive 항목이 없어서 설치하지 않았어요." \
    "checksums.txt does not list $archive. Nothing was installed."
  fetch "$base/$archive" "$tmp/$archive"
  got=$(sha256 "$tmp/$archive")
  if [ "${#got}" -ne 64 ] || [ "$got" != "$want" ]; then
    die "내려받은 파일의 SHA-256이 공개된 값과 달라서 설치하지 않았어요. 잠시 후 다시 실행해 주세요." \
      "The SHA-256 of the downloaded file does not match the published one. Nothing was installed. Try again in a moment."
  fi
  say "✔ SHA-256이 일치해요." "✔ SHA-256 matches."
  attest "$tmp/$archive"
  if ! tar -xzof "$tmp/$archive" -C "$tmp" "$NAME" </dev/null || [ ! -f "$tmp/$NAME" ] || [ -L "$tmp/$NAME" ]; then
    die "압축을 풀지 못해서 설치하지 않았어요. 남은 디스크 공간을 확인하고 다시 실행해 주세요: $archive" "Cannot unpack $archive. Nothing was installed. Check the free disk space and run this again."
  fi
}

# writable DIR: the nearest folder that exists may be written to.
writable() {
  at=$1
  while [ ! -e "$at" ] && [ ! -L "$at" ]; do at=$(dirname -- "$at"); done
  [ -d "$at" ] && [ -w "$at" ]
}

refuse_prefix() {
  die "이 폴더에 저장할 수 없어요($bindir). --prefix로 다른 폴더를 정해 주세요." "Cannot write to $bindir. Choose another folder with --prefix."
}

# place moves the program from $tmp to its place in one step, once it has shown
# that it runs: a program of the wrong kind never replaces a working one.
place() {
  mkdir -p -- "$bindir" 2>/dev/null || refuse_prefix
  stage=$(mktemp -d "$bindir/.$NAME.XXXXXX" 2>/dev/null) || refuse_prefix
  cat <"$tmp/$NAME" >"$stage/$NAME" || refuse_prefix
  chmod 755 "$stage/$NAME"
  new=$("$stage/$NAME" version </dev/null 2>/dev/null) ||
    die "이 컴퓨터에서 실행되지 않아서 설치하지 않았어요." "The program does not run on this computer. Nothing was installed."
  case $new in
    "$NAME ${version:+$version }"*) ;;
    *) die "요청한 버전($version)과 내려받은 버전이 달라서 설치하지 않았어요: $new" "This is not $version but $new. Nothing was installed." ;;
  esac
  old=''
  [ ! -x "$dest" ] || old=$("$dest" version </dev/null 2>/dev/null) || old=''
  mv -f -- "$stage/$NAME" "$dest" || refuse_prefix
  case $old in
    '' | "$new") say "✔ 설치했어요: $dest ($new)" "✔ Installed: $dest ($new)" ;;
    *) say "✔ 새 버전을 설치했어요: $dest ($old → $new). AI 클라이언트를 다시 시작하면 적용돼요." \
      "✔ Updated: $dest ($old → $new). Restart your AI clients to use it." ;;
  esac
}

# next says what to do now.
next() {
  run=$NAME
  found=$(command -v "$NAME" 2>/dev/null) || found=''
  if [ "$found" != "$dest" ]; then
    run=$(quoted "$dest")
    if [ -n "$found" ]; then
      say "PATH에 있는 다른 프로그램이 우선 실행돼요: $found" "Another program on PATH takes precedence: $found"
    fi
    set_path="export PATH=$(quoted "$bindir"):\"\$PATH\""
    shell=${SHELL:-}
    # shellcheck disable=SC2088 # a file's name for people
    case ${shell##*/} in
      zsh) rc='~/.zshrc' ;;
      bash) if [ "$(uname -s)" = Darwin ]; then rc='~/.bash_profile'; else rc='~/.bashrc'; fi ;;
      fish) rc='~/.config/fish/config.fish' set_path="fish_add_path $(quoted "$bindir")" ;;
      *) rc='~/.profile' ;;
    esac
    say "이름만으로 실행하려면 이 줄을 $rc 파일에 추가하고 터미널을 새로 열어 주세요." \
      "To run it by name, add this line to $rc and open a new terminal."
    printf '  %s\n' "$set_path"
  fi
  say "이제 설정해 주세요. 카카오계정 없이 먼저 둘러보려면 setup 대신 demo를 적어 주세요." \
    "Now set it up. To look around first, without a Kakao account, use demo instead of setup."
  printf '  %s setup\n' "$run"
}

uninstall() {
  if [ ! -x "$dest" ]; then
    say "이 위치($dest)에 설치되어 있지 않아요. 다른 곳에 설치했다면 --prefix로 알려 주세요." \
      "Nothing is installed at $dest. If you installed it elsewhere, add --prefix."
    return 0
  fi
  status=0
  # In a pipe, stdin is this script; the answer comes from the terminal.
  if [ -n "$yes" ]; then
    "$dest" uninstall --all --program --yes </dev/null || status=$?
  elif [ -t 0 ]; then
    "$dest" uninstall --all --program || status=$?
  elif (: </dev/tty) 2>/dev/null; then
    "$dest" uninstall --all --program </dev/tty || status=$?
  else
    die "물어볼 터미널이 없어요. 모두 지우려면 --yes를 붙여 주세요." "There is no terminal to ask on. Add --yes to remove everything." 2
  fi
  # The answer no is 2, and so are settings that cannot be loaded.
  if [ "$status" -eq 2 ] && [ -z "$yes" ]; then
    settings=0
    "$dest" status >/dev/null 2>&1 </dev/null || settings=$?
    [ "$settings" -eq 2 ] || return 0
  fi
  [ "$status" -eq 0 ] || die "모두 지우지 못해서 프로그램을 지우지 않았어요: $dest" \
    "Not everything could be removed, so the program was not removed: $dest" "$status"
  rm -f -- "$dest" || refuse_prefix
  say "✔ 지웠어요: $dest" "✔ Removed: $dest"
}

main() {
  prefix=${PREFIX:-} version='' action=install yes=''
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix | --version)
        [ -n "${2:-}" ] || die "$1 뒤에 값이 필요해요." "$1 needs a value." 2
        if [ "$1" = --prefix ]; then prefix=$2; else version=$2; fi
        shift
        ;;
      --prefix=?*) prefix=${1#*=} ;;
      --version=?*) version=${1#*=} ;;
      --uninstall) action=uninstall ;;
      --yes) yes=1 ;;
      -h | --help) usage; return 0 ;;
      *)
        usage >&2
        die "없는 옵션이에요: $1" "Unknown option: $1" 2
        ;;
    esac
    shift
  done
  case $version in
    '' | v[0-9]*) ;;
    *) version=v$version ;;
  esac
  case $version in
    '') ;;
    *[!A-Za-z0-9.+-]* | v[!0-9]*) die "버전은 v1.2.3처럼 적어 주세요: $version" "A version looks like v1.2.3: $version" 2 ;;
  esac
  repo=${KAKAOTALK_MCP_REPO:-$REPO}
  case $repo in
    '') ;;
    *[!A-Za-z0-9._/-]* | */*/* | /* | */) die "KAKAOTALK_MCP_REPO는 OWNER/NAME 형식이어야 해요: $repo" "KAKAOTALK_MCP_REPO must be OWNER/NAME: $repo" 2 ;;
    */*) ;;
    *) die "KAKAOTALK_MCP_REPO는 OWNER/NAME 형식이어야 해요: $repo" "KAKAOTALK_MCP_REPO must be OWNER/NAME: $repo" 2 ;;
  esac
  if [ -z "$prefix" ]; then
    [ -n "${HOME:-}" ] || die "HOME이 없어요. --prefix로 폴더를 정해 주세요." "HOME is not set. Choose a folder with --prefix." 2
    [ -z "${SUDO_USER:-}" ] || die "sudo 없이 실행해 주세요." "Run this without sudo." 2
    prefix=$HOME/.local
  fi
  case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
  esac
  bindir=${prefix%/}/bin
  dest=$bindir/$NAME

  if [ "$action" = uninstall ]; then
    uninstall
    return
  fi
  [ ! -d "$dest" ] || die "같은 이름의 폴더가 있어요. 폴더를 옮기거나 --prefix로 다른 폴더를 정해 주세요: $dest" "A folder with the same name exists. Move it or choose another folder with --prefix: $dest"
  writable "$bindir" || refuse_prefix
  umask 022
  tmp='' stage=''
  trap cleanup EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  tmp=$(mktemp -d) || die "임시 폴더를 만들지 못했어요." "Cannot make a temporary folder."
  if [ -z "$version" ] && source=$(checkout); then
    build "$source"
  else
    download
  fi
  place
  next
}

# In braces, so that a script that was cut off on its way does nothing at all.
{
  main "$@"
  exit
}
