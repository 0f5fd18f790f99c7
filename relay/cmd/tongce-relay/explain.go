package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"syscall"

	"tongce/relay"
)

// listenError is an address that cannot be listened on.
type listenError struct {
	option, address string
	err             error
}

func (e *listenError) Error() string { return e.option + " " + e.address + ": " + e.err.Error() }

func (e *listenError) Unwrap() error { return e.err }

// checkAddress tells whether an address is one before anything is opened.
func checkAddress(option, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		if _, bad := strconv.ParseUint(port, 10, 16); bad != nil {
			err = bad
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, &listenError{option: option, address: address, err: err})
	}
	return nil
}

// errNotLoopback is an address that others reach too.
var errNotLoopback = errors.New("no loopback address")

// checkLoopback: metrics are for this computer and nobody else (WI17).
func checkLoopback(option, address string) error {
	host, port, err := net.SplitHostPort(address)
	_, bad := strconv.ParseUint(port, 10, 16)
	if ip := net.ParseIP(host); err != nil || bad != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%w: %w", errUsage, &listenError{option: option, address: address, err: errNotLoopback})
	}
	return nil
}

// speaker picks the sentence of the person's language: Chinese unless the locale
// names another one.
func speaker(env func(string) string) func(chinese, english string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := env(name)
		if v == "" {
			continue
		}
		if !strings.HasPrefix(v, "zh") && v != "C" && v != "C.UTF-8" && v != "POSIX" {
			return func(_, english string) string { return english }
		}
		break
	}
	return func(chinese, _ string) string { return chinese }
}

// explain is what happened and what to do; what has no sentence says itself.
func explain(err error, o options, say func(chinese, english string) string) string {
	var listen *listenError
	if errors.As(err, &listen) {
		return explainListen(listen, say)
	}
	switch {
	case errors.Is(err, relay.ErrNoRelay):
		return fmt.Sprintf(say("%s 里没有中继。用 --data 给出中继的文件夹。", "There is no relay in %s. Name the folder of one with --data."), o.data)
	case errors.Is(err, relay.ErrLocked):
		return fmt.Sprintf(say("文件夹 %s 正被另一个中继使用。先停下那一个，或用 --data 给出另一个文件夹。",
			"The folder %s is in use by another relay. Stop that one, or name another folder with --data."), o.data)
	case errors.Is(err, relay.ErrKeyFile):
		return fmt.Sprintf(say("文件夹 %s 里的 relay.key 坏了、读不了或不见了。没有另造一把，什么都没有改动。从备份放回 relay.key 再启动；没有备份，就不能再用这个中继同步：各台电脑上的客户都还在，可以照常用和导出。",
			"relay.key in the folder %s is damaged, unreadable or gone. No other key was made and nothing was changed. Put relay.key back from a backup and start again; without one nothing can be synced through this relay any more: every computer keeps its customers, to be used and exported."), o.data)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Sprintf(say("文件夹 %s 所在的磁盘满了，%s，什么都没有丢。腾出空间再试一次。",
			"The disk of the folder %s is full. %s and nothing is lost. Free some space and try again."), o.data, o.notDone(say))
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Sprintf(say("系统不允许写文件夹 %s，%s。改它的权限，或用 --data 给出另一个文件夹。",
			"The system does not allow writing to the folder %s. %s. Change its permissions, or name another folder with --data."), o.data, o.notDone(say))
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf(say("%s 不是文件夹，也不能在那里建一个。用 --data 给出另一个文件夹。",
			"%s is no folder, and none can be made there. Name another folder with --data."), o.data)
	}
	return err.Error()
}

// notDone is what a command did not get to.
func (o options) notDone(say func(chinese, english string) string) string {
	switch o.command {
	case "serve":
		return say("中继没有启动", "The relay was not started")
	case "key":
		return say("没有给出密钥", "No key was given")
	}
	return say("没有看成中继里的内容", "What the relay holds was not looked at")
}

func explainListen(e *listenError, say func(chinese, english string) string) string {
	var unknown *net.DNSError
	text := say("不能在 %[2]s 上接受连接。用 %[1]s 换一个地址。", "Connections cannot be taken at %[2]s. Name another address with %[1]s.")
	switch {
	case errors.Is(e.err, errNotLoopback):
		text = say("%[1]s 只能是这台电脑自己用的地址，例如 127.0.0.1:9100；%[2]q 不是。", "%[1]s takes an address that this computer alone reaches, as 127.0.0.1:9100; %[2]q is none.")
	case errors.Is(e.err, syscall.EADDRINUSE):
		text = say("地址 %[2]s 已被占用，可能已有一个中继在运行。先停下它，或用 %[1]s 换一个端口。",
			"The address %[2]s is in use, perhaps by a relay that runs already. Stop that one, or name another port with %[1]s.")
	case errors.Is(e.err, syscall.EADDRNOTAVAIL), errors.As(e.err, &unknown):
		text = say("%[2]s 不是这台电脑的地址。用 %[1]s 给出它自己的地址，或写 0.0.0.0:端口，表示全部。",
			"%[2]s is no address of this computer. Name one of its own with %[1]s, or 0.0.0.0:PORT for all of them.")
	case errors.Is(e.err, fs.ErrPermission):
		text = say("系统不允许使用 %[2]s。用 %[1]s 换一个 1024 以上的端口。", "The system does not allow %[2]s. Name a port of 1024 or above with %[1]s.")
	case errors.Is(e, strconv.ErrSyntax), errors.Is(e, strconv.ErrRange), isAddrError(e):
		text = say("%[1]s 要写成 地址:端口，例如 0.0.0.0:8443；%[2]q 不是。", "%[1]s takes ADDRESS:PORT, as 0.0.0.0:8443; %[2]q is none.")
	}
	return fmt.Sprintf(text, e.option, e.address)
}

func isAddrError(err error) bool {
	var bad *net.AddrError
	return errors.As(err, &bad)
}
