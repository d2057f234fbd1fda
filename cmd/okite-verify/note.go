package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// publicKey is a verifier key of signed notes: NAME+HASH+KEY.
type publicKey struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// algorithm is the first byte of a key: Ed25519.
const algorithm = 1

// parseKey reads a key and checks the hash inside it. Only the one way to write a key is taken.
func parseKey(s string) (publicKey, error) {
	name, rest, _ := strings.Cut(s, "+")
	hash, data, ok := strings.Cut(rest, "+")
	if !ok || name == "" || strings.ContainsAny(name, " \t\r\n") {
		return publicKey{}, errors.New("want NAME+HASH+KEY")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(data)
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algorithm || base64.StdEncoding.EncodeToString(raw) != data {
		return publicKey{}, errors.New("it is not an Ed25519 key")
	}
	want := keyHash(name, raw)
	if got := fmt.Sprintf("%08x", want); got != hash {
		return publicKey{}, fmt.Errorf("its hash is %s, not %s", got, hash)
	}
	return publicKey{name, want, raw[1:]}, nil
}

// keyHash names a key in signature lines.
func keyHash(name string, raw []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	return binary.BigEndian.Uint32(sum[:])
}

// checkpoint is the text of a signed note after C2SP checkpoint.
type checkpoint struct {
	origin string
	size   int64
	root   hash
}

// most is how large a tree may be said to be.
const most = 1 << 40

// openCheckpoint verifies a signed note and reads its text. alone demands that the key's is the only signature:
// inside an export every byte must be accounted for. An earlier checkpoint may carry those of witnesses too.
func openCheckpoint(b []byte, k publicKey, alone bool) (checkpoint, error) {
	split := bytes.LastIndex(b, []byte("\n\n"))
	if split < 0 || !bytes.HasSuffix(b, []byte("\n")) {
		return checkpoint{}, errors.New("it is not a signed note")
	}
	signed, lines := b[:split+1], strings.Split(strings.TrimSuffix(string(b[split+2:]), "\n"), "\n")
	if alone && len(lines) != 1 {
		return checkpoint{}, errors.New("it has signatures of unknown keys")
	}
	found := false
	for _, line := range lines {
		ours, err := signature(line, k, signed)
		if err != nil {
			return checkpoint{}, err
		}
		found = found || ours
	}
	if !found {
		return checkpoint{}, errors.New("it is not signed by the key")
	}
	return readCheckpoint(string(signed), k)
}

// signature checks a signature line; false says that it is of another key.
func signature(line string, k publicKey, signed []byte) (bool, error) {
	rest, ok := strings.CutPrefix(line, "— ")
	name, data, cut := strings.Cut(rest, " ")
	if !ok || !cut {
		return false, errors.New("it has a malformed signature line")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(data)
	if err != nil || len(raw) < 5 || base64.StdEncoding.EncodeToString(raw) != data {
		return false, errors.New("it has a malformed signature")
	}
	if name != k.name || binary.BigEndian.Uint32(raw) != k.hash {
		return false, nil
	}
	if len(raw) != 4+ed25519.SignatureSize || !ed25519.Verify(k.key, signed, raw[4:]) {
		return false, errors.New("its signature is wrong")
	}
	return true, nil
}

func readCheckpoint(signed string, k publicKey) (checkpoint, error) {
	lines := strings.Split(signed, "\n")
	if len(lines) < 4 || lines[0] != k.name {
		return checkpoint{}, errors.New("it is of another record")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > most || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, errors.New("it has no proper size")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(raw) != len(hash{}) {
		return checkpoint{}, errors.New("it has no proper root")
	}
	return checkpoint{lines[0], size, hash(raw)}, nil
}

// vkey writes the key again.
func (k publicKey) vkey() string {
	var h [4]byte
	binary.BigEndian.PutUint32(h[:], k.hash)
	return k.name + "+" + hex.EncodeToString(h[:]) + "+" + base64.StdEncoding.EncodeToString(append([]byte{algorithm}, k.key...))
}
