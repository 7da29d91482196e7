# Installs kakaotalk-mcp for one user of Windows, without administrator rights.
#
#   irm https://github.com/OWNER/NAME/releases/latest/download/install.ps1 | iex
#   & ([scriptblock]::Create((irm https://github.com/OWNER/NAME/releases/latest/download/install.ps1))) -AddToPath
#
# Parameters: -Prefix DIR (installs into DIR\bin), -Version vX.Y.Z, -AddToPath,
# -Uninstall, -Yes. Environment: KAKAOTALK_MCP_REPO, KAKAOTALK_MCP_DOWNLOAD_URL.
# The same checks as install.sh: SHA-256, origin where gh can ask, a trial run.
param(
    [string]$Prefix,
    [string]$Version,
    [switch]$AddToPath,
    [switch]$Uninstall,
    [switch]$Yes
)

# OWNER/NAME on GitHub, written in by the release step.
$Repo = ''

# Everything happens in a block of its own: with iex, settings made outside of
# it would stay behind in the user's session, and exit would close the window.
& {
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue' # the bar makes Windows PowerShell's downloads slow
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

    # Korean text may hold \uXXXX: Windows PowerShell reads a script without
    # BOM in the console's code page, so the release step writes ASCII only.
    function Format-Text([string]$Korean, [string]$English, [object[]]$Values) {
        $lang = $env:KAKAO_LANG
        if (-not $lang) { $lang = (Get-UICulture).Name }
        if ($lang -like 'ko*') { [regex]::Unescape($Korean) -f $Values } else { $English -f $Values }
    }
    function Say([string]$Korean, [string]$English, [object[]]$Values = @()) { Write-Host (Format-Text $Korean $English $Values) }
    function Fail([string]$Korean, [string]$English, [object[]]$Values = @()) { throw (Format-Text $Korean $English $Values) }

    function Get-Asset([string]$Url, [string]$File) {
        if ($Url -notmatch '^https://[^@\s]+$' -and $Url -notmatch '^http://(127\.0\.0\.1|localhost)[:/][^@\s]*$') {
            Fail 'https 주소가 아니에요: {0}' 'Not an https address: {0}' $Url
        }
        Say '내려받고 있어요: {0}' 'Downloading: {0}' $Url
        try { Invoke-WebRequest -UseBasicParsing -Uri $Url -OutFile $File -TimeoutSec 900 }
        catch { Fail '내려받지 못했어요. 인터넷 연결과 버전을 확인한 뒤 다시 실행해 주세요: {0}' 'Download failed. Check the network and the version, then run this again: {0}' $Url }
    }

    # The user's own PATH, with %NAMES% left as they are.
    function Edit-UserPath([scriptblock]$Change) {
        $key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment', $true)
        try {
            $old = @([string]$key.GetValue('Path', '', 'DoNotExpandEnvironmentNames') -split ';' | Where-Object { $_ })
            $new = @(& $Change $old)
            if (($old -join ';') -eq ($new -join ';')) { return }
            $key.SetValue('Path', ($new -join ';'), 'ExpandString')
        } finally { $key.Close() }
        # Setting any variable this way tells running programs to look again.
        [Environment]::SetEnvironmentVariable('KAKAOTALK_MCP_INSTALL', $null, 'User')
    }

    function Confirm-Origin([string]$File) {
        $can = $repository -and (Get-Command gh -ErrorAction SilentlyContinue)
        if ($can) {
            $ErrorActionPreference = 'Continue' # Windows PowerShell makes an error of a program's stderr
            gh attestation --help *> $null; $can = $LASTEXITCODE -eq 0
            if ($can) { gh auth status *> $null; $can = $LASTEXITCODE -eq 0 }
        }
        if (-not $can) {
            Say '빌드 출처는 확인하지 않았어요. 확인하려면 GitHub CLI(gh)에 로그인해 주세요.' "The origin of the build was not checked. To check it, log in with the GitHub CLI (gh)."
            return
        }
        gh attestation verify $File --repo $repository --signer-workflow "$repository/.github/workflows/release.yml" *> $null
        if ($LASTEXITCODE -ne 0) {
            Fail 'GitHub에서 빌드 출처를 확인하지 못해서 설치하지 않았어요. 잠시 후 다시 실행하고, 계속되면 개발자에게 알려 주세요.' "GitHub did not confirm the origin of the build. Nothing was installed. Try again in a moment. If it keeps failing, please report it."
        }
        Say '빌드 출처를 확인했어요: {0}' 'GitHub confirms this was built by {0}' $repository
    }

    # Returns the program, unpacked and checked.
    function Get-Program([string]$Folder) {
        $base = $env:KAKAOTALK_MCP_DOWNLOAD_URL
        if (-not $base) {
            if (-not $repository) { Fail '내려받을 저장소를 알 수 없어요. $env:KAKAOTALK_MCP_REPO = "OWNER/NAME"처럼 설정해 주세요.' 'The repository to download from is unknown. Set $env:KAKAOTALK_MCP_REPO = "OWNER/NAME".' }
            $base = "https://github.com/$repository/releases"
        }
        if ($Version) { $base = $base.TrimEnd('/') + "/download/$Version" } else { $base = $base.TrimEnd('/') + '/latest/download' }
        $cpu = $env:PROCESSOR_ARCHITEW6432
        if (-not $cpu) { $cpu = $env:PROCESSOR_ARCHITECTURE }
        if ($cpu -notin 'AMD64', 'ARM64') { Fail '이 컴퓨터({0})용 파일이 없어요. 소스에서 Go로 빌드해 주세요.' 'There is no release for {0}. Build it from source with Go.' $cpu }
        $archive = 'kakaotalk-mcp_windows_{0}.zip' -f $cpu.ToLowerInvariant()

        Get-Asset "$base/checksums.txt" "$Folder\checksums.txt"
        $want = ''
        foreach ($line in Get-Content -LiteralPath "$Folder\checksums.txt") {
            $sum, $name = $line -split '\s+\*?', 2
            if ($name -eq $archive) { $want = $sum; break }
        }
        if ($want -notmatch '^[0-9a-f]{64}$') { Fail 'checksums.txt에 {0} 항목이 없어서 설치하지 않았어요.' 'checksums.txt does not list {0}. Nothing was installed.' $archive }
        Get-Asset "$base/$archive" "$Folder\$archive"
        if ((Get-FileHash -LiteralPath "$Folder\$archive" -Algorithm SHA256).Hash -ne $want) {
            Fail '내려받은 파일의 SHA-256이 공개된 값과 달라서 설치하지 않았어요. 잠시 후 다시 실행해 주세요.' 'The SHA-256 of the downloaded file does not match the published one. Nothing was installed. Try again in a moment.'
        }
        Say 'SHA-256이 일치해요.' 'SHA-256 matches.'
        Confirm-Origin "$Folder\$archive"
        Expand-Archive -LiteralPath "$Folder\$archive" -DestinationPath "$Folder\unpacked"
        $program = "$Folder\unpacked\kakaotalk-mcp.exe"
        try { $shown = [string](& $program version) } catch { $shown = '' }
        if (-not $shown.StartsWith('kakaotalk-mcp ')) { Fail '이 컴퓨터에서 실행되지 않아서 설치하지 않았어요.' 'The program does not run on this computer. Nothing was installed.' }
        if ($Version -and -not $shown.StartsWith("kakaotalk-mcp $Version ")) { Fail '요청한 버전({0})과 내려받은 버전이 달라서 설치하지 않았어요: {1}' 'This is not {0} but {1}. Nothing was installed.' $Version, $shown }
        $program
    }

    # A running program cannot be overwritten on Windows, but it can be renamed.
    function Install-Program([string]$Program) {
        New-Item -ItemType Directory -Force -Path $bin | Out-Null
        Copy-Item -LiteralPath $Program -Destination "$dest.new" -Force
        if (Test-Path -LiteralPath $dest) { Move-Item -LiteralPath $dest -Destination ('{0}.old-{1}' -f $dest, [guid]::NewGuid().ToString('N')) }
        Move-Item -LiteralPath "$dest.new" -Destination $dest
        Remove-Item -Path "$bin\kakaotalk-mcp.exe.old-*" -Force -ErrorAction SilentlyContinue # those not running
        Say '설치했어요: {0} ({1})' 'Installed: {0} ({1})' $dest, (& $dest version)
    }

    function Remove-Program {
        if (-not (Test-Path -LiteralPath $dest)) {
            Say '이 위치({0})에 설치되어 있지 않아요. 다른 곳에 설치했다면 -Prefix로 알려 주세요.' 'Nothing is installed at {0}. If you installed it elsewhere, add -Prefix.' $dest
            return
        }
        if ($Yes) { & $dest uninstall --all --program --yes } else { & $dest uninstall --all --program }
        $status = $LASTEXITCODE
        if ($status -eq 2 -and -not $Yes) {
            & $dest status *> $null # the answer no is 2, and so are settings that cannot be loaded
            if ($LASTEXITCODE -ne 2) { return }
        }
        if ($status -ne 0) { Fail '모두 지우지 못해서 프로그램을 지우지 않았어요: {0}' 'Not everything could be removed, so the program was not removed: {0}' $dest }
        try { Remove-Item -LiteralPath $dest -Force }
        catch { Fail '실행 중이라서 지우지 못했어요. AI 클라이언트를 닫고 다시 실행해 주세요: {0}' 'It is running. Close your AI clients and run this again: {0}' $dest }
        Remove-Item -Path "$bin\kakaotalk-mcp.exe.old-*" -Force -ErrorAction SilentlyContinue
        Edit-UserPath { param($dirs) $dirs | Where-Object { $_ -ne $bin } }
        Say '지웠어요: {0}' 'Removed: {0}' $dest
    }

    if ($env:OS -ne 'Windows_NT') { Fail 'Windows용이에요. install.sh를 실행해 주세요.' 'This is for Windows. Run install.sh.' }
    if ($Version -and $Version -notlike 'v*') { $Version = "v$Version" }
    if ($Version -and $Version -notmatch '^v[0-9][0-9A-Za-z.+-]*$') { Fail '버전은 v1.2.3처럼 적어 주세요: {0}' 'A version looks like v1.2.3: {0}' $Version }
    $repository = $env:KAKAOTALK_MCP_REPO
    if (-not $repository) { $repository = $Repo }
    if ($repository -and $repository -notmatch '^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$') { Fail 'KAKAOTALK_MCP_REPO는 OWNER/NAME 형식이어야 해요: {0}' 'KAKAOTALK_MCP_REPO must be OWNER/NAME: {0}' $repository }
    if ($Prefix) { $bin = Join-Path ($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Prefix)) 'bin' }
    else { $bin = Join-Path $env:LOCALAPPDATA 'Programs\kakaotalk-mcp' }
    $dest = Join-Path $bin 'kakaotalk-mcp.exe'

    if ($Uninstall) { Remove-Program; return }
    $folder = Join-Path ([IO.Path]::GetTempPath()) ('kakaotalk-mcp-' + [guid]::NewGuid().ToString('N'))
    New-Item -ItemType Directory -Path $folder | Out-Null
    try { Install-Program (Get-Program $folder) }
    finally { Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue }
    if ($AddToPath) {
        Edit-UserPath { param($dirs) @($dirs | Where-Object { $_ -ne $bin }) + $bin }
        Say '터미널을 새로 열면 이름만으로 실행할 수 있어요.' 'Open a new terminal to run it by name.'
    } elseif (($env:Path -split ';') -notcontains $bin) {
        Say '-AddToPath를 붙여 다시 실행하면 이름만으로 실행할 수 있어요.' 'Run this again with -AddToPath to be able to run it by name.'
    }
    Say "이제 설정해 주세요. 카카오계정 없이 먼저 둘러보려면 setup 대신 demo를 적어 주세요.`n  & `"{0}`" setup" "Now set it up. To look around first, without a Kakao account, use demo instead of setup.`n  & `"{0}`" setup" $dest
}
