package app

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"tongce/app/keychain"
	"tongce/app/workspace"
	"tongce/crdt/charter"
)

// shownKit is a recovery kit while its sheet is on the screen.
type shownKit struct {
	*keychain.Kit
	ask [2]int // the groups that are to be typed back (LV8)
}

func showKit(kit *keychain.Kit, random io.Reader) (*shownKit, error) {
	var b [4]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return nil, fmt.Errorf("draw groups: %w", err)
	}
	first := int(binary.LittleEndian.Uint16(b[:2])) % keychain.KitGroups
	second := (first + 1 + int(binary.LittleEndian.Uint16(b[2:]))%(keychain.KitGroups-1)) % keychain.KitGroups
	return &shownKit{kit, [2]int{min(first, second), max(first, second)}}, nil
}

// shown gives the kit whose sheet is on the screen and the open book. Where
// only the book is there, it gives that and an error.
func (s *Start) shown() (*shownKit, *session, error) {
	book, err := s.app.open()
	if err != nil {
		return nil, nil, err
	}
	s.app.mu.Lock()
	defer s.app.mu.Unlock()
	if s.app.kit == nil {
		return nil, book, noKit()
	}
	return s.app.kit, book, nil
}

// Kit gives the recovery kit's sheet until it was confirmed or put off. While
// the kit is pending and none is at hand, after LaterKit or a restart, it makes
// another one, which takes the place of the one before (LV8); that needs the
// relay where one is known. A kit that was confirmed is replaced by ReplaceKit.
func (s *Start) Kit() (out Kit, err error) {
	defer guard(s.app, "Start.Kit", &out, &err)()
	s.app.printing.Lock()
	defer s.app.printing.Unlock()
	kit, book, err := s.shown()
	if err != nil && book != nil {
		if book.Book.Can(charter.Owner) && !s.app.state().KitPending { // others are denied below
			return out, err
		}
		kit, err = s.another(book)
	}
	if err != nil {
		return out, err
	}
	return s.sheet(kit, book), nil
}

// ReplaceKit makes another kit in the place of one that was confirmed, after
// the person was asked: the sheet in the safe opens nothing new from then on.
func (s *Start) ReplaceKit() (out Kit, err error) {
	defer guard(s.app, "Start.ReplaceKit", &out, &err)()
	s.app.printing.Lock()
	defer s.app.printing.Unlock()
	book, err := s.app.open()
	if err != nil {
		return out, err
	}
	kit, err := s.another(book)
	if err != nil {
		return out, err
	}
	if err := book.choose(func(v *workspace.Settings) { v.KitChecked = false }); err != nil {
		return out, err
	}
	s.app.events.Happened(EventStart)
	return s.sheet(kit, book), nil
}

// another makes a new kit and puts its sheet on the screen. printing is held.
func (s *Start) another(b *session) (*shownKit, error) {
	kit, err := b.NewKit(s.app.ctx)
	if err != nil {
		return nil, err
	}
	shown, err := showKit(kit, s.app.cfg.Rand)
	if err != nil {
		kit.Close()
		return nil, err
	}
	s.app.mu.Lock()
	defer s.app.mu.Unlock()
	if s.app.book != b { // closed meanwhile
		kit.Close()
		return nil, &fault{code: CodeLocked}
	}
	if s.app.kit != nil {
		s.app.kit.Close()
	}
	s.app.kit = shown
	return shown, nil
}

func noKit() error { return &fault{code: CodeNotFound, reason: "kit"} }

func (s *Start) sheet(kit *shownKit, book *session) Kit {
	out := Kit{
		Groups: strings.Split(kit.Code(), "-"), Workspace: book.Charter().Name(), ID: book.ID().String(),
		Ask: kit.ask[:],
	}
	if relays := book.Relays(); len(relays) > 0 && len(relays[0].Addresses) > 0 {
		out.Relay = relays[0].Addresses[0]
	}
	return out
}

// ConfirmKit takes the two groups that were asked for, typed back with a blank
// between them.
func (s *Start) ConfirmKit(groups string) (out StartState, err error) {
	defer guard(s.app, "Start.ConfirmKit", &out, &err)()
	kit, book, err := s.shown()
	if err != nil {
		return out, err
	}
	typed := strings.Fields(groups)
	if len(typed) != len(kit.ask) {
		return out, &fault{code: CodeWrongSecret, reason: "kit"}
	}
	for i, group := range kit.ask {
		if !kit.HasGroup(group, typed[i]) {
			return out, &fault{code: CodeWrongSecret, reason: "kit"}
		}
	}
	if err := book.choose(func(v *workspace.Settings) { v.KitChecked = true }); err != nil {
		return out, err
	}
	return s.putKitAway(), nil
}

// LaterKit puts the kit off: it is forgotten, and another one is made later.
func (s *Start) LaterKit() (out StartState, err error) {
	defer guard(s.app, "Start.LaterKit", &out, &err)()
	if _, _, err := s.shown(); err != nil {
		return out, err
	}
	return s.putKitAway(), nil
}

func (s *Start) putKitAway() StartState {
	s.app.mu.Lock()
	if s.app.kit != nil {
		s.app.kit.Close()
		s.app.kit = nil
	}
	s.app.mu.Unlock()
	s.app.events.Happened(EventStart)
	return s.app.state()
}

// SaveKit writes the sheet as a page that can be printed.
func (s *Start) SaveKit() (out FileReply, err error) {
	defer guard(s.app, "Start.SaveKit", &out, &err)()
	kit, book, err := s.shown()
	if err != nil {
		return out, err
	}
	sheet := s.sheet(kit, book)
	path, err := s.app.cfg.Host.Save(s.app.ctx, "恢复套件 / Recovery kit", "恢复套件-"+sheet.Workspace+".html", func(w io.Writer) error {
		return writeKitSheet(w, sheet, sheetOf(book).QR())
	})
	if err != nil || path == "" {
		return out, err
	}
	return FileReply{Path: path, Count: 1}, nil
}

func sheetOf(book *session) keychain.Sheet {
	sheet := keychain.Sheet{Workspace: book.ID()}
	for _, r := range book.Relays() {
		for _, address := range r.Addresses {
			sheet.Relays = append(sheet.Relays, keychain.SheetRelay{Key: r.Key, Address: address})
		}
	}
	return sheet
}
