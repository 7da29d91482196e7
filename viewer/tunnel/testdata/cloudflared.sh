# Plays cloudflared: cloudflared.sh MODE HOST PORT [FIFO]
# It and whoever it starts keep FIFO open, so its reader sees when all are gone.
mode=$1 host=$2 port=$3 fifo=${4:-/dev/null}
exec 3<>"$fifo" # unlike >, does not wait for a reader
say() { printf '\033[32m2026-01-01T00:00:00Z INF\033[0m %s\n' "$1" >&2; }
box() {
	say '+--------------------------------------------------------------------------------------------+'
	say '|  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |'
	say "|  https://$1                                                |"
	say '+--------------------------------------------------------------------------------------------+'
}
say 'Thank you for trying Cloudflare Tunnel. See https://developers.cloudflare.com/cloudflare-one/'
say "Settings: map[url:http://127.0.0.1:$port]"
case $mode in
silent) ;;
wrong) box 'random-words-here.trycloudflare.com' ;;
named) ;;
*) box "$host" ;;
esac
test "$mode" = silent || say 'Registered tunnel connection connIndex=0'
case $mode in
crash)
	sleep 1000 &
	read -r _ <"$fifo.go"
	exit 1
	;;
stubborn)
	trap '' TERM
	sleep 1000 &
	while :; do wait; done
	;;
direct) exec sleep 1000 ;;
*)
	sleep 1000 &
	wait
	;;
esac
