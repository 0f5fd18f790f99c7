package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/app/quality"
	"tongce/app/schema"
	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/store/badgerstore"
	"tongce/crdt/wire"
)

// CreateSpec says what a new workspace is.
type CreateSpec struct {
	// Dir is made when it is not there; it may be an empty directory.
	Dir                                 string
	Company, Member, Department, Device string
	// Passphrase protects the key file instead of the keyring; the caller
	// clears it. Without both the workspace is not made (KF5).
	Passphrase []byte
}

// Create makes a workspace with its founder, whose device this is, and opens
// it. The kit is handed out once, the caller shows and closes it (LV8). A
// directory appears whole or not at all. ErrExists, ErrName and keychain's
// errors are told apart.
func Create(ctx context.Context, deps Deps, spec CreateSpec) (*Workspace, *keychain.Kit, error) {
	for _, name := range []string{spec.Company, spec.Member, spec.Department, spec.Device} {
		if !canon.ValidName(name) {
			return nil, nil, fmt.Errorf("create workspace: %w", ErrName)
		}
	}
	kit, err := keychain.NewKit(deps.Rand)
	if err != nil {
		return nil, nil, fmt.Errorf("create workspace: %w", err)
	}
	err = appear(spec.Dir, func(dir string) error { return found(ctx, deps, spec, dir, kit) })
	if err == nil {
		var w *Workspace
		if w, err = Open(ctx, deps, OpenSpec{Dir: spec.Dir, Passphrase: spec.Passphrase}); err == nil {
			return w, kit, nil
		}
	}
	kit.Close()
	return nil, nil, fmt.Errorf("create workspace: %w", err)
}

// appear makes a directory by fn under another name and then gives it its own,
// so that a crash leaves nothing that looks like a workspace.
func appear(dir string, fn func(dir string) error) error {
	switch entries, err := os.ReadDir(dir); {
	case err == nil && len(entries) > 0:
		return ErrExists
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	made, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".creating-") // 0700
	if err != nil {
		return err
	}
	if err := fn(made); err != nil {
		return errors.Join(err, os.RemoveAll(made)) // ours, and never shown to anybody
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Rename(made, dir)
}

// Untaken tells that no relay has taken the workspace after naming one ended in
// err: it was not met, or it refused. One that only did not answer may have
// (docs/adr/0086).
func (w *Workspace) Untaken(err error) bool {
	refused, ok := errors.AsType[*peer.RefusedError](err)
	return len(w.Charter().Relays()) == 0 || errors.Is(err, link.ErrRelayIdentity) || errors.Is(err, wire.ErrVersion) ||
		ok && (refused.Code == wire.CodeDenied || refused.Code == wire.CodeUnsupportedVersion)
}

// Discard closes a workspace that was only just made and takes it away again,
// with its keys, so that making it can be tried anew. One that a relay has taken
// is not taken away: ErrShared.
func (w *Workspace) Discard(ctx context.Context) error {
	if s := w.Charter(); s.NeedsReceipts() && !s.AwaitsReceipt() {
		return fmt.Errorf("discard workspace: %w", ErrShared)
	}
	keyring := w.keys.Info().Keyring && w.deps.KeyRing != nil
	err := w.Close()
	// Under another name first: a crash leaves nothing that looks like a workspace.
	gone, made := os.MkdirTemp(filepath.Dir(w.dir), filepath.Base(w.dir)+".creating-")
	if err = errors.Join(err, made); err == nil {
		err = errors.Join(os.Rename(w.dir, filepath.Join(gone, "book")), os.RemoveAll(gone))
	}
	if err == nil && keyring {
		err = w.keys.Abandon(ctx, w.deps.KeyRing)
	}
	if err != nil {
		return fmt.Errorf("discard workspace: %w", err)
	}
	return nil
}

// found writes keys, charter and schema document of a new workspace.
func found(ctx context.Context, deps Deps, spec CreateSpec, dir string, kit *keychain.Kit) (err error) {
	device, err := keychain.NewDevice(deps.Rand)
	if err != nil {
		return err
	}
	rec, err := genesis(deps, spec, device, kit)
	if err != nil {
		return err
	}
	public := kit.Public()
	keys, err := keychain.Create(ctx, dir, device, protection(deps, charter.GenesisID(rec.Body), spec.Passphrase, &public))
	if err != nil {
		return err
	}
	defer keys.Close()
	install, err := drawInstall(ctx, deps, keys)
	if err != nil {
		return err
	}
	st, err := openStore(deps, dir, keys) //nolint:contextcheck // the store lives until Close
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	r, err := repo.Open(st, repo.Config{Workspace: keys.Workspace(), Signer: keys, Rand: deps.Rand, Now: deps.Now, Install: install})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	b, err := charter.EncodeRecord(rec)
	if err != nil {
		return err
	}
	if _, err := r.AddStatements(b); err != nil {
		return err
	}
	return makeSchemaDoc(ctx, deps, r)
}

// protection is how a new key file is kept: by the passphrase if there is one,
// else by the keyring.
func protection(deps Deps, w canon.WorkspaceID, passphrase []byte, kit *keychain.KitPublic) keychain.Options {
	o := keychain.Options{Workspace: w, Passphrase: passphrase, Cost: deps.Cost, Kit: kit, Rand: deps.Rand}
	if passphrase == nil {
		o.Ring = deps.KeyRing
	}
	return o
}

// drawInstall puts a mark of this installation into the keyring (ID5); without
// a keyring there is none, and EN5 alone finds copies.
func drawInstall(ctx context.Context, deps Deps, keys *keychain.Keys) ([]byte, error) {
	if !keys.Info().Keyring || deps.KeyRing == nil {
		return nil, nil
	}
	mark, err := canon.RandomID(deps.Rand)
	if err != nil {
		return nil, err
	}
	if err := keys.SetInstall(ctx, deps.KeyRing, mark); err != nil {
		return nil, err
	}
	return mark[:], nil
}

func genesis(deps Deps, spec CreateSpec, device *keychain.Device, kit *keychain.Kit) (charter.Record, error) {
	member, err := canon.RandomID(deps.Rand)
	if err != nil {
		return charter.Record{}, err
	}
	dep := charter.Department{ID: departmentID(spec.Department, func(string) bool { return false }), Name: spec.Department}
	public := kit.Public()
	rec, _, err := charter.NewGenesis(charter.GenesisSpec{
		Name:        spec.Company,
		Departments: []charter.Department{dep},
		Roles:       charter.DefaultRoles(),
		Sections:    charter.DefaultSections(dep.ID),
		Fields:      charterFields(schema.Default()),
		Founder:     charter.Founder{ID: canon.MemberID(member), Name: spec.Member, Department: dep.ID, Role: charter.RoleFounder},
		Device:      charter.Keys{Sign: device.SignPublic(), HPKE: device.HPKE().Public(), Name: spec.Device},
		Kit:         charter.Keys{Sign: public.Sign, HPKE: public.HPKE, Name: kitName},
		Time:        deps.Now().Unix(),
	}, device, deps.Rand)
	return rec, err
}

// charterFields are the schema's fields as the charter has them: section,
// type, mask rule and blind class never change (TR8).
func charterFields(s *schema.Schema) []charter.Field {
	var out []charter.Field
	for _, f := range s.Fields() {
		if f.Type == schema.TypeEntries {
			continue // entries are keys of their own, no field's value
		}
		out = append(out, charter.Field{
			ID: f.ID, Section: f.Section, Type: string(f.Type), Mask: seal.MaskRule(f.MaskRule), Blind: f.BlindClass,
		})
	}
	return out
}

// departmentID makes an id of a department's name: its pinyin, with a number
// behind it where that is taken.
func departmentID(name string, taken func(string) bool) string {
	full, _, _ := quality.Pinyin(name)
	var b strings.Builder
	for _, c := range []byte(full) {
		if (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && b.Len() > 0) {
			b.WriteByte(c)
		}
	}
	base := b.String()
	if base == "" {
		base = "department"
	}
	base = base[:min(len(base), 24)]
	id := base
	for n := 2; taken(id); n++ {
		id = fmt.Sprintf("%s_%d", base, n)
	}
	return id
}

// makeSchemaDoc creates the workspace's schema document, as the founder's
// device does (PO8). It says which compiled-in schema the workspace began with.
func makeSchemaDoc(ctx context.Context, deps Deps, r *repo.Repo) error {
	var salt [32]byte
	if _, err := deps.Rand.Read(salt[:]); err != nil {
		return fmt.Errorf("draw salt: %w", err)
	}
	_, err := r.Create(ctx, canon.SchemaDoc(r.Workspace()), salt, repo.Edit{
		Message: "create", Sets: []crdt.Set{{Key: "x:schema:default:version", Value: change.String("1")}},
	})
	return err
}

func openStore(deps Deps, dir string, keys *keychain.Keys) (*badgerstore.Store, error) {
	key, err := keys.StoreKey()
	if err != nil {
		return nil, err
	}
	s, err := badgerstore.Open(badgerstore.Options{Dir: filepath.Join(dir, storeDir), Key: key, Now: deps.Now})
	if bad, ok := errors.AsType[*store.DamagedError](err); ok {
		return nil, &store.DamagedError{File: storeDir + "/" + bad.File, Why: bad.Why} // as seen from dir
	}
	return s, err
}

// clip cuts a text to what a name may be.
func clip(s string) string {
	r := []rune(strings.TrimSpace(s))
	return string(r[:min(len(r), canon.MaxName)])
}
