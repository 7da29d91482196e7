"use strict";
// DICTIONARIES by format and SERVED, whether stored messages can be fetched, stand
// above.
(() => {
  const MAX_TEXT = 400 * 1024;
  const WORDS = {
    ko: {
      title: "메시지가 도착했어요",
      opening: "메시지를 여는 중이에요.",
      copy: "복사하기",
      copied: "복사했어요",
      notCopied: "복사하지 못했어요. 글자를 길게 눌러 복사해 주세요.",
      share: "공유하기",
      again: "다시 열기",
      outside: "다른 브라우저로 열기",
      count: (n, m) => `${n} / ${m}쪽`,
      inLink: "이 내용은 링크에 담겨 있어요. 링크를 가진 사람은 누구나 읽을 수 있으니, 전달할 때 주의해 주세요.",
      sealed: "암호화된 메시지예요. 링크를 가진 사람만 읽을 수 있고, 기한이 지나면 사라져요.",
      testTitle: "링크가 잘 열렸어요",
      test: "이 숫자 네 자리를 컴퓨터의 터미널에 입력해 주세요.",
      states: {
        empty: ["표시할 메시지가 없어요", "카카오톡에서 받은 메시지의 버튼을 다시 눌러 주세요."],
        damaged: ["링크가 온전하지 않아요", "링크가 중간에 잘렸거나 바뀌었어요. 보낸 분께 다시 보내 달라고 해 주세요."],
        newer: ["이 페이지로는 열 수 없는 링크예요", "페이지가 링크보다 오래됐어요. 보낸 분께 페이지를 업데이트해 달라고 해 주세요."],
        gone: ["지금은 볼 수 없는 메시지예요", "볼 수 있는 기한이 지났거나 보낸 분이 취소한 메시지예요. 필요하면 보낸 분께 다시 보내 달라고 해 주세요."],
        off: ["아직 열 수 없어요", "보낸 분의 컴퓨터가 꺼져 있거나 인터넷에 연결되어 있지 않아요. 잠시 후 다시 열어 주세요."],
        busy: ["잠시만 기다려 주세요", "요청이 몰려서 지금은 열 수 없어요. 잠시 후 다시 열어 주세요."],
        old: ["이 브라우저로는 열 수 없어요", "브라우저가 오래돼서 메시지를 열 수 없어요. 최신 버전으로 업데이트하거나 다른 브라우저로 열어 주세요."],
      },
    },
    en: {
      title: "You have a message",
      opening: "Opening the message.",
      copy: "Copy",
      copied: "Copied",
      notCopied: "Could not copy. Press and hold the text to copy it.",
      share: "Share",
      again: "Try again",
      outside: "Open in another browser",
      count: (n, m) => `Page ${n} of ${m}`,
      inLink: "The text is inside the link itself. Anyone who has the link can read it, so forward it with care.",
      sealed: "This message is encrypted. Only people who have the link can read it, and it disappears after a while.",
      testTitle: "The link works",
      test: "Type these four digits into the terminal on your computer.",
      states: {
        empty: ["There is no message here", "Please tap the button of the message in KakaoTalk again."],
        damaged: ["This link is not complete", "It was cut off or changed on the way. Please ask the sender to send it again."],
        newer: ["This page cannot open the link", "The page is older than the link. Please ask the sender to update the page."],
        gone: ["This message is no longer available", "It has expired or the sender withdrew it. If you need it, please ask the sender to send it again."],
        off: ["The message cannot be opened yet", "The sender’s computer is off or not connected to the internet. Please try again later."],
        busy: ["One moment, please", "The message was opened too many times at once. Please try again shortly."],
        old: ["This browser cannot open the message", "It is too old. Please update it or open the link in another browser."],
      },
    },
  };
  const preferred = (navigator.languages && navigator.languages[0]) || navigator.language || "ko";
  const lang = /^ko\b/i.test(preferred) ? "ko" : "en";
  const words = WORDS[lang];
  const el = (id) => document.getElementById(id);
  const show = (id, visible) => { el(id).hidden = !visible; };

  // A failure that the reader is told about: a key of words.states.
  class State extends Error {
    constructor(name) { super(name); this.state = name; }
  }
  const damaged = () => new State("damaged");

  // ---- Decoding ----

  // unbase64 accepts one spelling only, without padding.
  const unbase64 = (s) => {
    if (!/^[A-Za-z0-9_-]+$/.test(s) || s.length % 4 === 1) throw damaged();
    const binary = atob(s.replace(/-/g, "+").replace(/_/g, "/"));
    const back = btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    if (back !== s) throw damaged();
    return Uint8Array.from(binary, (c) => c.charCodeAt(0));
  };

  // In format 2 the 64 syllables at the beginning of the dictionary take one byte
  // each: 0x80 to 0xBF, with which no character of UTF-8 begins.
  const LETTERS = DICTIONARIES[2].slice(0, 64);
  const encoder = new TextEncoder();
  const shorten = (text) => {
    const out = [];
    for (const c of text) {
      const i = LETTERS.indexOf(c);
      if (i < 0) out.push(...encoder.encode(c));
      else out.push(0x80 + i);
    }
    return Uint8Array.from(out);
  };
  const lengthen = (bytes) => {
    const syllables = encoder.encode(LETTERS);
    const out = new Uint8Array(3 * bytes.length);
    let size = 0;
    for (let i = 0; i < bytes.length;) {
      const first = bytes[i];
      const letter = (first & 0xc0) === 0x80;
      const at = letter ? 3 * (first & 0x3f) : i;
      const n = letter ? 3 : first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
      out.set((letter ? syllables : bytes).subarray(at, at + n), size);
      size += n;
      i += letter ? 1 : n;
    }
    return out.subarray(0, size);
  };
  // FORMATS by their digit: what the preset window holds, UTF-8 again, and the end of
  // the DEFLATE data that is left out of a link.
  const FORMATS = {
    1: { toBytes: (text) => encoder.encode(text), toUTF8: (bytes) => bytes, tail: [] },
    2: { toBytes: shorten, toUTF8: lengthen, tail: [0, 0, 0xff, 0xff] },
  };
  const CHECK = 4; // bytes of the Adler-32 behind the data

  // withDictionary puts the dictionary in front as stored DEFLATE blocks inside
  // a zlib stream: the browser has no option for a preset dictionary, but this
  // gives the same window, and it checks the Adler-32 at the end by itself.
  const withDictionary = (dictionary, packed, tail) => {
    const parts = [Uint8Array.of(0x78, 0x01)];
    for (let i = 0; i < dictionary.length; i += 65535) {
      const piece = dictionary.subarray(i, i + 65535);
      const n = piece.length;
      parts.push(Uint8Array.of(0, n & 255, n >> 8, ~n & 255, (~n >> 8) & 255), piece);
    }
    return new Blob([...parts, packed.subarray(0, -CHECK), Uint8Array.from(tail), packed.subarray(-CHECK)]);
  };

  const unpack = async (format, packed) => {
    if (typeof DecompressionStream !== "function" || !Blob.prototype.stream) throw new State("old");
    const { toBytes, toUTF8, tail } = FORMATS[format];
    const dictionary = toBytes(DICTIONARIES[format]);
    const limit = dictionary.length + MAX_TEXT;
    const out = new Uint8Array(limit);
    let size = 0;
    try {
      const stream = withDictionary(dictionary, packed, tail).stream().pipeThrough(new DecompressionStream("deflate"));
      const reader = stream.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        if (size + value.length > limit) {
          reader.cancel().catch(() => {});
          throw damaged();
        }
        out.set(value, size);
        size += value.length;
      }
      if (size <= dictionary.length) throw damaged();
      const text = toUTF8(out.subarray(dictionary.length, size));
      if (text.length > MAX_TEXT) throw damaged();
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    } catch {
      throw damaged();
    }
  };

  const openLink = async (fragment) => {
    if (/^[3-9]/.test(fragment)) throw new State("newer");
    const match = /^([12])([A-Za-z0-9_-]+)(?:\.([1-9]\d?)\.([1-9]\d?))?$/.exec(fragment);
    if (!match || (match[3] && Number(match[3]) > Number(match[4]))) throw damaged();
    return { text: await unpack(match[1], unbase64(match[2])), page: match[3], pages: match[4], note: words.inLink };
  };

  const openStored = async (id, fragment) => {
    if (!/^[A-Za-z0-9_-]{22}$/.test(id) || !/^[A-Za-z0-9_-]{22}$/.test(fragment)) throw damaged();
    if (!window.crypto || !crypto.subtle) throw new State("old");
    const secret = unbase64(fragment);
    let response, blob;
    try {
      response = await fetch(location.pathname + "/data", { cache: "no-store", credentials: "omit" });
      blob = new Uint8Array(await response.arrayBuffer());
    } catch {
      throw new State("off");
    }
    if (response.status === 404) throw new State("gone");
    if (response.status === 429) throw new State("busy");
    // Something between us may answer with a page of its own.
    if (!response.ok || response.headers.get("Content-Type") !== "application/octet-stream") throw new State("off");
    const version = blob[0]; // the format of what is inside
    if (version > 2) throw new State("newer");
    if (blob.length < 29 || version < 1) throw damaged();
    let packed;
    try {
      const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["decrypt"]);
      const additionalData = encoder.encode(String.fromCharCode(version) + id);
      packed = await crypto.subtle.decrypt({ name: "AES-GCM", iv: blob.subarray(1, 13), additionalData }, key, blob.subarray(13));
    } catch {
      throw damaged();
    }
    return { text: await unpack(version, new Uint8Array(packed)), note: words.sealed };
  };

  // testDigits is FNV-1a, 32 bit, over the whole fragment, modulo 10,000.
  const testDigits = (fragment) => {
    let h = 0x811c9dc5;
    for (const b of encoder.encode(fragment)) h = Math.imul(h ^ b, 0x01000193);
    return String((h >>> 0) % 10000).padStart(4, "0");
  };

  // ---- Showing ----

  // Links: http and https only, ASCII only, so that Hangul behind an address
  // ends it; punctuation at the end belongs to the sentence.
  const ADDRESS = /https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&()*+,;=%]+/gi;
  const trimAddress = (address) => {
    for (;;) {
      const last = address[address.length - 1];
      const count = (c) => address.split(c).length - 1;
      if (".,;:!?*".includes(last) || (last === ")" && count(")") > count("(")) || (last === "]" && count("]") > count("["))) {
        address = address.slice(0, -1);
      } else {
        return address;
      }
    }
  };
  // A user name in front of the host, or a host written in code, can pass for
  // another one: such an address stays text.
  const isPlain = (address) => {
    try {
      const { username, password, protocol, host } = new URL(address);
      return username + password === "" && address.toLowerCase().startsWith(`${protocol}//${host}`);
    } catch {
      return false;
    }
  };
  const fill = (node, text) => {
    const parts = document.createDocumentFragment();
    let from = 0;
    for (const found of text.matchAll(ADDRESS)) {
      const address = trimAddress(found[0]);
      if (!isPlain(address)) continue;
      const a = document.createElement("a");
      a.href = address;
      a.rel = "noopener noreferrer nofollow";
      a.dir = "ltr";
      a.textContent = address;
      parts.append(text.slice(from, found.index), a);
      from = found.index + address.length;
    }
    parts.append(text.slice(from));
    node.replaceChildren(parts);
  };

  const toast = (text) => {
    const node = el("toast");
    node.textContent = "";
    // A new text in a later frame is read out even if it is the same as before.
    requestAnimationFrame(() => { node.textContent = text; });
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { node.textContent = ""; }, 4000);
  };

  const copyBySelection = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    document.body.append(area);
    const before = document.activeElement;
    area.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { /* not allowed */ }
    area.remove();
    before.focus();
    return done;
  };

  const copy = async (text) => {
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      done = copyBySelection(text);
    }
    toast(done ? words.copied : words.notCopied);
  };

  const share = async () => {
    try {
      await navigator.share({ title: words.title, url: location.href });
    } catch { /* closed by the reader */ }
  };

  const clear = () => {
    for (const id of ["count", "paper", "test", "status", "foot", "actions", "copy", "share", "again", "outside"]) show(id, false);
    el("text").replaceChildren();
  };

  // Inside KakaoTalk another browser may share, print or be newer.
  const showActions = (outside) => {
    if (outside && /KAKAOTALK/i.test(navigator.userAgent)) {
      el("outside").href = "kakaotalk://web/openExternal?url=" + encodeURIComponent(location.href);
      show("outside", true);
    }
    show("actions", [...el("actions").children].some((b) => !b.hidden));
  };

  const title = (text) => {
    el("title").textContent = text;
    document.title = text;
  };

  const showMessage = ({ text, page, pages, note }) => {
    clear();
    title(words.title);
    el("text").lang = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/.test(text) ? "ko" : "";
    fill(el("text"), text.replace(/\r\n?/g, "\n"));
    if (pages) el("count").textContent = words.count(page, pages);
    show("count", Boolean(pages));
    show("paper", true);
    el("foot").textContent = note;
    show("foot", true);
    el("copy").onclick = () => copy(text);
    show("copy", true);
    show("share", typeof navigator.share === "function");
    showActions(true);
  };

  const showTest = (fragment) => {
    clear();
    title(words.testTitle);
    el("digits").textContent = testDigits(fragment);
    el("hint").textContent = words.test;
    show("test", true);
  };

  const showState = (name) => {
    clear();
    const [heading, sentence] = words.states[name];
    title(heading);
    el("state").textContent = sentence;
    show("status", true);
    show("again", name === "off" || name === "busy");
    showActions(name === "old");
  };

  // ---- Opening ----

  let turn = 0;
  const open = async () => {
    const mine = ++turn;
    const fragment = location.hash.slice(1);
    const stored = SERVED && /\/message\/([^/]+)$/.exec(location.pathname);
    clear();
    title(words.title);
    el("state").textContent = words.opening;
    show("status", true);
    try {
      if (!stored && fragment === "") throw new State("empty");
      if (/^[tu]/.test(fragment) && !stored) return showTest(fragment);
      const message = stored ? await openStored(stored[1], fragment) : await openLink(fragment);
      if (mine === turn) showMessage(message);
    } catch (e) {
      if (mine === turn) showState(e.state || "damaged");
    }
  };

  el("fallback").remove();
  document.documentElement.lang = lang;
  for (const id of ["copy", "share", "again", "outside"]) el(id).textContent = words[id];
  el("share").onclick = share;
  el("again").onclick = open;
  addEventListener("hashchange", open);
  open();
})();
