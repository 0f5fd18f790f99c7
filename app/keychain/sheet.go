package keychain

import (
	"encoding/base64"
	"fmt"
	"strings"

	"tongce/crdt/canon"
)

// Sheet is what a printed recovery kit shows beside its code (LV7). The window
// renders it.
type Sheet struct {
	Workspace canon.WorkspaceID
	Relays    []SheetRelay
}

// SheetRelay is one relay of a sheet.
type SheetRelay struct {
	Key     canon.RelayKey
	Address string
}

const sheetPrefix = "tongce://kit#"

// sheetBody has the field numbers of an invite link (IN2), without a secret.
type sheetBody struct {
	Version   uint64            `cbor:"1,keyasint"`
	Workspace canon.WorkspaceID `cbor:"2,keyasint"`
	Keys      []canon.RelayKey  `cbor:"4,keyasint"`
	Addresses []string          `cbor:"5,keyasint"`
}

// QR is the text of the sheet's square code: workspace and relays, not the
// kit's code, which stays out of cameras and is typed.
func (s Sheet) QR() string {
	b := sheetBody{Version: 1, Workspace: s.Workspace, Keys: []canon.RelayKey{}, Addresses: []string{}}
	for _, r := range s.Relays {
		b.Keys = append(b.Keys, r.Key)
		b.Addresses = append(b.Addresses, r.Address)
	}
	return sheetPrefix + base64.RawURLEncoding.EncodeToString(canon.MustMarshal(b))
}

// ParseSheet reads what QR wrote; canon.ErrEncoding for anything else.
func ParseSheet(text string) (Sheet, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), sheetPrefix)
	if !ok {
		return Sheet{}, fmt.Errorf("kit sheet: %w", canon.ErrEncoding)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil {
		return Sheet{}, fmt.Errorf("kit sheet: %w", canon.ErrEncoding)
	}
	var body sheetBody
	if err := canon.Unmarshal(b, &body); err != nil {
		return Sheet{}, fmt.Errorf("kit sheet: %w", err)
	}
	if body.Version != 1 || len(body.Keys) != len(body.Addresses) {
		return Sheet{}, fmt.Errorf("kit sheet: %w", canon.ErrEncoding)
	}
	s := Sheet{Workspace: body.Workspace}
	for i, key := range body.Keys {
		s.Relays = append(s.Relays, SheetRelay{Key: key, Address: body.Addresses[i]})
	}
	return s, nil
}
