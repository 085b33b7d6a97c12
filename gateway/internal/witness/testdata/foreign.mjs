// A foreign reader of a transparency log. It shares no code with the gateway and
// uses nothing but Node: https://c2sp.org/tlog-tiles, /tlog-checkpoint,
// /signed-note, /tlog-cosignature, and RFC 6962.
//
//   node foreign.mjs URL ORIGIN LOG-VKEY QUORUM [WITNESS-VKEY…] < claims.json
//
// claims.json: {"inclusion": [{"index", "leaf", "size", "proof": []}],
// "consistency": [{"from", "root", "size", "proof": []}]}, hashes in base64. Every
// claim must hold against the published checkpoint. The result goes to standard
// output; whatever does not hold is an error and exit code 1.
import { createHash, createPublicKey, verify } from "node:crypto";

const [url, origin, logKey, quorum, ...witnessKeys] = process.argv.slice(2);
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
const byte = (n) => Buffer.from([n]);
const hashLeaf = (leaf) => sha256(byte(0), leaf);
const hashNode = (left, right) => sha256(byte(1), left, right);

function check(holds, what) {
  if (!holds) throw new Error(what);
}

// vkey is NAME+HASH+base64(TYPE || KEY), HASH the first 4 bytes of
// SHA-256(NAME || "\n" || TYPE || KEY).
function parseKey(vkey, type) {
  const [name, hash, encoded] = [vkey.split("+", 1)[0], vkey.split("+", 2)[1], vkey.split("+").slice(2).join("+")];
  const raw = Buffer.from(encoded, "base64");
  check(raw.length === 33 && raw[0] === type, `${name}: not a key of type ${type}`);
  check(sha256(name, "\n", raw).subarray(0, 4).toString("hex") === hash, `${name}: key hash`);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw.subarray(1)]);
  return { name, hash, type, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

// A note is its text, an empty line, and lines "— NAME base64(HASH || SIGNATURE)".
function parseNote(note) {
  const end = note.lastIndexOf("\n\n");
  check(end >= 0 && note.endsWith("\n"), "note: no signatures");
  const text = note.slice(0, end + 1);
  const signatures = note.slice(end + 2, -1).split("\n").map((line) => {
    const m = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    check(m, `note: line ${line}`);
    const raw = Buffer.from(m[2], "base64");
    check(raw.toString("base64") === m[2], "note: base64 is not canonical");
    return { name: m[1], hash: raw.subarray(0, 4).toString("hex"), raw: raw.subarray(4) };
  });
  return { text, signatures };
}

function signedBy(note, key) {
  return note.signatures.some((s) => {
    if (s.name !== key.name || s.hash !== key.hash) return false;
    if (key.type === 1) return verify(null, Buffer.from(note.text), key.key, s.raw);
    if (s.raw.length !== 72) return false; // a time in 8 bytes, and the signature
    const message = `cosignature/v1\ntime ${s.raw.readBigUInt64BE(0)}\n${note.text}`;
    return verify(null, Buffer.from(message), key.key, s.raw.subarray(8));
  });
}

async function get(path) {
  const response = await fetch(`${url}/${path}`);
  check(response.ok, `${path}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function tilePath(level, index, width) {
  let path = String(index % 1000).padStart(3, "0");
  for (let n = Math.floor(index / 1000); n > 0; n = Math.floor(n / 1000)) {
    path = `x${String(n % 1000).padStart(3, "0")}/${path}`;
  }
  return `tile/${level}/${path}${width < 256 ? `.p/${width}` : ""}`;
}

async function entries(size) {
  const leaves = [];
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    const bundle = await get(tilePath("entries", index, width));
    let at = 0;
    for (let i = 0; i < width; i++) {
      const length = bundle.readUInt16BE(at);
      leaves.push(bundle.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    check(at === bundle.length, `bundle ${index}: bytes after the last entry`);
  }
  return leaves;
}

// Each tile of a level has the roots of 256 nodes of the tile level below it.
async function tiles(hashes) {
  let read = 0;
  for (let level = 0; hashes.length > 0; level++) {
    for (let index = 0; index * 256 < hashes.length; index++) {
      const want = hashes.slice(index * 256, index * 256 + 256);
      const have = await get(tilePath(level, index, want.length));
      check(have.equals(Buffer.concat(want)), `tile ${level}/${index} is not what the entries give`);
      read++;
    }
    const above = [];
    for (let i = 0; i + 256 <= hashes.length; i += 256) above.push(root(hashes.slice(i, i + 256)));
    hashes = above;
  }
  return read;
}

// RFC 6962 section 2.1: split at the largest power of two below the size.
function root(hashes) {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0];
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return hashNode(root(hashes.slice(0, k)), root(hashes.slice(k)));
}

// Both proofs by recursion over the tree's shape, from the last hash backwards.
function rootOfInclusion(hash, index, size, path) {
  if (size === 1) {
    check(path.length === 0, "inclusion: hashes left over");
    return hash;
  }
  check(path.length > 0, "inclusion: too short");
  let k = 1;
  while (k * 2 < size) k *= 2;
  const sibling = path[path.length - 1], rest = path.slice(0, -1);
  return index < k
    ? hashNode(rootOfInclusion(hash, index, k, rest), sibling)
    : hashNode(sibling, rootOfInclusion(hash, index - k, size - k, rest));
}

// Returns the roots of the first `from` and of all `size` leaves that the path implies.
function rootsOfConsistency(from, size, path, older, whole) {
  if (from === size) {
    const r = whole ? older : path[path.length - 1];
    check(path.length === (whole ? 0 : 1), "consistency: length");
    return [r, r];
  }
  check(path.length > 0, "consistency: too short");
  let k = 1;
  while (k * 2 < size) k *= 2;
  const last = path[path.length - 1], rest = path.slice(0, -1);
  if (from <= k) {
    const [a, b] = rootsOfConsistency(from, k, rest, older, whole);
    return [a, hashNode(b, last)];
  }
  const [a, b] = rootsOfConsistency(from - k, size - k, rest, older, false);
  return [hashNode(last, a), hashNode(last, b)];
}

const decode = (hashes) => hashes.map((h) => Buffer.from(h, "base64"));

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const claims = JSON.parse(Buffer.concat(chunks).toString());

const note = parseNote((await get("checkpoint")).toString());
check(signedBy(note, parseKey(logKey, 1)), "checkpoint: not signed by the log");
const cosigners = witnessKeys.filter((k) => signedBy(note, parseKey(k, 4))).length;
check(cosigners >= Number(quorum), `checkpoint: ${cosigners} cosigners of ${quorum}`);
const lines = note.text.split("\n");
check(lines.length === 4 && lines[0] === origin && /^(0|[1-9][0-9]*)$/.test(lines[1]), "checkpoint: body");
const size = Number(lines[1]);

const leaves = await entries(size);
const hashes = leaves.map(hashLeaf);
const computed = root(hashes).toString("base64");
check(computed === lines[2], `root: the entries give ${computed}, the checkpoint says ${lines[2]}`);
const read = await tiles(hashes);
for (const c of claims.inclusion) {
  const leaf = Buffer.from(c.leaf, "base64");
  check(c.size === size && leaves[c.index].equals(leaf), `entry ${c.index} is another`);
  const got = rootOfInclusion(hashLeaf(leaf), c.index, size, decode(c.proof)).toString("base64");
  check(got === computed, `inclusion of ${c.index}`);
}
for (const c of claims.consistency) {
  const older = Buffer.from(c.root, "base64");
  check(root(hashes.slice(0, c.from)).equals(older), `older root of ${c.from}`);
  const [a, b] = rootsOfConsistency(c.from, c.size, decode(c.proof), older, true);
  check(a.equals(older) && b.toString("base64") === computed, `consistency from ${c.from}`);
}
console.log(JSON.stringify({
  size, root: computed, cosigners, entries: leaves.length, tiles: read,
  inclusion: claims.inclusion.length, consistency: claims.consistency.length,
}));
