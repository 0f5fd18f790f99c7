#!/usr/bin/env bash
# The real window under Xvfb with a sample book: it opens, has its title and is
# not blank. With a folder as second argument its pictures are kept there.
set -euo pipefail
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pictures=${2:-$work/pictures}
mkdir -p "$pictures"

inside() {
  local size=$1 out=$2 app win=""
  # The window fills the screen, without a frame of the window manager.
  cat >"$work/openbox.xml" <<XML
<openbox_config xmlns="http://openbox.org/3.4/rc"><applications>
<application class="*"><decor>no</decor><maximized>yes</maximized></application>
</applications></openbox_config>
XML
  openbox --sm-disable --config-file "$work/openbox.xml" >"$work/openbox.log" 2>&1 &
  local wm=$!
  # A window that is there before its manager is left as it is.
  for _ in $(seq 120); do
    xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && break
    sleep 0.25
  done
  XDG_RUNTIME_DIR="$work" LC_ALL=C.UTF-8 LIBGL_ALWAYS_SOFTWARE=1 \
    "$bin/tongce" --dir "$work/book" --sample --lang zh >"$work/out.log" 2>"$work/err.log" &
  app=$!
  trap 'kill $app $wm 2>/dev/null || true' RETURN
  for _ in $(seq 120); do
    kill -0 "$app" 2>/dev/null || { echo "smoke: the program ended"; cat "$work/err.log"; return 1; }
    win=$(xdotool search --onlyvisible --name '^同册$' 2>/dev/null | head -n1 || true)
    [ -n "$win" ] && break
    sleep 0.5
  done
  [ -n "$win" ] || { echo "smoke: no window of the title 同册"; cat "$work/err.log"; return 1; }
  local colours=0
  for _ in $(seq 90); do
    import -window "$win" "$out" 2>/dev/null || true
    colours=$(identify -format '%k' "$out" 2>/dev/null || echo 0)
    [ "$colours" -gt 400 ] && break
    sleep 1
  done
  # Text is drawn with many shades; a blank window has one.
  [ "$colours" -gt 400 ] || { echo "smoke: the window is blank ($colours colours)"; cat "$work/err.log"; return 1; }
  local got=""
  for _ in $(seq 60); do
    got=$(xdotool getwindowgeometry "$win" | grep -oE '[0-9]+x[0-9]+')
    [ "$got" = "$size" ] && break
    sleep 0.5
  done
  sleep 2
  import -window root "$out"
  [ "$got" = "$size" ] || { echo "smoke: the window is $got on a screen of $size"; return 1; }
  echo "smoke: window 同册 at $got, $colours colours"
  kill "$app"
  for _ in $(seq 20); do kill -0 "$app" 2>/dev/null || break; sleep 0.25; done
  kill "$wm" 2>/dev/null || true
}

if [ "${TONGCE_SMOKE_INSIDE:-}" ]; then
  work=$TONGCE_SMOKE_WORK
  trap - EXIT
  inside "$TONGCE_SMOKE_INSIDE" "$TONGCE_SMOKE_OUT"
  exit
fi

for size in 1280x800 1920x1080; do
  TONGCE_SMOKE_INSIDE=$size TONGCE_SMOKE_WORK=$work TONGCE_SMOKE_OUT=$pictures/window-$size.png \
    xvfb-run -a -s "-screen 0 ${size}x24" dbus-run-session -- "$0" "$bin" "$pictures" 2> >(grep -v '^dbus-daemon\|^SpiRegistry' >&2)
done
