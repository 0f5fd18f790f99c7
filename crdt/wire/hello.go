package wire

import (
	"crypto/sha256"
	"encoding/binary"

	"tongce/crdt/canon"
)

// HelloSigned is the message that Proof signs under canon.DomainHello (WI7).
// hello and challenge are the two messages' bytes as they were sent; exporter is
// TLS keying material under ExporterLabel.
func HelloSigned(w canon.WorkspaceID, d canon.DeviceID, r canon.RelayKey, hello, challenge, exporter []byte) []byte {
	h := sha256.New()
	h.Write(hello)
	h.Write(challenge)
	b := append(w[:], d[:]...)
	b = append(b, r[:]...)
	b = h.Sum(b)
	return append(b, exporter...)
}

// HealSigned is the message that a VerdictHeal signs under canon.DomainVerdict
// (HE2): this device's member, with admin, confirms head for the stream log.
func HealSigned(w canon.WorkspaceID, log LogID, head Head) []byte {
	b := append(w[:], "heal"...)
	b = append(b, log[:]...)
	b = binary.BigEndian.AppendUint64(b, head.Seq)
	return append(b, head.Hash[:]...)
}
