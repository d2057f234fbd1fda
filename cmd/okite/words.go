package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"okite/internal/msg"
)

var about = msg.T("掟 Okite ― 情報セキュリティポリシーを実行する仕組み", "Okite: an information security policy that runs")

// help is the words of --help by the names used in the grammar.
var help = map[string]msg.Text{
	"data":   msg.T("データを置くディレクトリ", "Data directory"),
	"db":     msg.T("PostgreSQL の接続先（指定しないときは SQLite）", "Address of PostgreSQL (SQLite when left out)"),
	"schema": msg.T("PostgreSQL のスキーマ", "PostgreSQL schema of the municipality"),
	"format": msg.T("出力の形式（text 又は json）", "Form of the answer (text or json)"),

	"demo":      msg.T("架空の市のデータを作り、画面を開けるようにします", "Build a fictional city and serve it"),
	"people":    msg.T("職員等の人数", "Number of people"),
	"seed":      msg.T("市を決める数（同じ数なら同じ市）", "Number that makes the city: same number, same city"),
	"date":      msg.T("市の日付（YYYY-MM-DD、指定しないときは今日）", "Day of the city (YYYY-MM-DD; today when left out)"),
	"addr":      msg.T("待ち受けるアドレス", "Address to listen on"),
	"noserve":   msg.T("データを作るだけで、画面は開きません", "Build only, do not serve"),
	"fresh":     msg.T("前の体験用データを消して作り直します", "Remove an earlier demonstration first"),
	"init":      msg.T("空の団体を作ります", "Make an empty municipality"),
	"name":      msg.T("名称", "Name"),
	"code":      msg.T("全国地方公共団体コード（6桁）", "Municipality code (six digits)"),
	"pack":      msg.T("語彙パック", "Vocabulary pack"),
	"serve":     msg.T("職員用の画面とAPIを提供します", "Serve the staff site and the API"),
	"portal":    msg.T("住民向けの公開ページのアドレス（今の版では提供しません）", "Address of the public portal (not in this release)"),
	"metrics":   msg.T("計測値のアドレス", "Address of the metrics"),
	"tlscert":   msg.T("TLS の証明書", "TLS certificate"),
	"tlskey":    msg.T("TLS の秘密鍵", "TLS key"),
	"proxy":     msg.T("TLS を終端する中継サーバーの後ろで動かします", "Behind a proxy that terminates TLS"),
	"policy":    msg.T("ポリシーの取込み・表示・比較・書出し", "Read in, show, compare and export the policy"),
	"pimport":   msg.T("ポリシーの文書を条項に分けて取り込みます", "Read a policy text into clauses, as a draft version"),
	"layer":     msg.T("層（basic 基本方針、standard 対策基準）", "Layer (basic or standard)"),
	"title":     msg.T("文書の題名", "Title of the document"),
	"inforce":   msg.T("施行日", "Day it comes into force"),
	"approve":   msg.T("決裁済みとして施行まで進めます（導入時の一括処理用）", "Take it into force as already decided (for set-up by script)"),
	"pshow":     msg.T("条項を表示します", "Show clauses"),
	"at":        msg.T("この日に効力のあるもの", "What is in force on this day"),
	"pdiff":     msg.T("2つの版を条項ごとに比べます", "Compare two versions clause by clause"),
	"pexport":   msg.T("ポリシーを書き出します", "Export the policy"),
	"pas":       msg.T("形式（markdown、json、oscal）", "Form (markdown, json or oscal)"),
	"pversion":  msg.T("版番号（指定しないときは施行中の版）", "Version (the one in force when left out)"),
	"clauses":   msg.T("条項ごとに、結び付いた操作・検査・画面・台帳・試験を表示します", "What is bound to each clause"),
	"registers": msg.T("台帳の項目を表示します", "The schema of every register"),
	"import":    msg.T("台帳に取り込みます", "Import into a register"),
	"dryrun":    msg.T("差分を表示するだけで、何も変えません", "Show the difference and change nothing"),
	"reason":    msg.T("理由", "Reason"),
	"export":    msg.T("台帳を書き出します", "Export a register"),
	"as":        msg.T("形式（xlsx、csv、json）", "Form (xlsx, csv or json)"),
	"out":       msg.T("書き出すファイル（指定しないときは標準出力）", "File to write (standard output when left out)"),
	"encoding":  msg.T("CSV の文字コード（utf8bom、cp932）", "Encoding of CSV (utf8bom or cp932)"),
	"check":     msg.T("検査の実行・一覧・説明", "Run, list and explain checks"),
	"crun":      msg.T("検査を実行します", "Evaluate the checks"),
	"cid":       msg.T("検査の番号（繰り返し可）", "Only this check (may be repeated)"),
	"cclause":   msg.T("この条項の検査だけ", "Only checks of this clause"),
	"asof":      msg.T("この日の状態を判定します", "Decide for this day"),
	"clist":     msg.T("検査の一覧", "The catalogue of checks"),
	"cexplain":  msg.T("なぜその結果になったかを説明します", "Why a subject has its result"),
	"act":       msg.T("画面と同じ操作を行います", "Carry out the same act as a page does"),
	"key":       msg.T("冪等キー（同じキーの操作は一度だけ行います）", "Idempotency key: the same key is carried out once"),
	"person":    msg.T("この職員として行います", "As this person"),
	"trail":     msg.T("証跡の検証・書出し・表示", "Verify, export and show the record"),
	"tverify":   msg.T("証跡を最初から検証します", "Verify the record from its beginning"),
	"texport":   msg.T("証跡を署名付きチェックポイントとともに書き出します", "Export the record with its signed checkpoint"),
	"tshow":     msg.T("1件の記録の履歴", "History of one record"),
	"token":     msg.T("API トークンの発行・一覧・失効", "API tokens"),
	"tcreate":   msg.T("トークンを発行します（秘密の値は一度だけ表示します）", "Make a token; its secret is shown once"),
	"tlist":     msg.T("トークンの一覧", "List tokens"),
	"trevoke":   msg.T("トークンを失効させます", "Revoke a token"),
	"role":      msg.T("役割", "Role"),
	"expires":   msg.T("期限（YYYY-MM-DD）", "Last day (YYYY-MM-DD)"),
	"user":      msg.T("利用者のアカウント", "Accounts of people"),
	"ulist":     msg.T("アカウントの一覧", "List accounts"),
	"uadd":      msg.T("アカウントを作り、パスワード設定用のリンクを発行します", "Make an account and a link to set its password"),
	"ulink":     msg.T("パスワード設定用のリンクを発行します", "Make a link to set the password"),
	"uclose":    msg.T("アカウントを停止し、すべてのログインを終わらせます", "Close an account and end its sessions"),
	"ureopen":   msg.T("停止したアカウントを再開します", "Open a closed account again"),
	"ureset":    msg.T("確認コードの設定を消します（端末を失くしたとき）", "Forget the second factor (a lost device)"),
	"calendar":  msg.T("期限と開庁日", "Deadlines and business days"),
	"from":      msg.T("この日から", "From this day"),
	"to":        msg.T("この日まで", "To this day"),
	"version":   msg.T("版と構成部品", "Build facts"),
	"sbom":      msg.T("部品表（CycloneDX）を表示します", "Print the bill of materials (CycloneDX)"),
	"config":    msg.T("設定の確認と表示", "Check and print the settings"),
	"cfgcheck":  msg.T("設定とデータを確かめます", "Check settings and data"),
	"cfgmail":   msg.T("メールサーバーを設定し、又は設定を表示します", "Set the mail server, or show what is set"),
	"mailhost":  msg.T("メールサーバーの名前", "Name of the mail server"), "mailport": msg.T("ポート番号（省略時は暗号化の方法による）", "Port (by --security when left out)"),
	"mailsecurity": msg.T("暗号化の方法：starttls（既定）、tls、plain（閉じた区間だけ）", "starttls (default), tls, or plain (closed segments only)"),
	"mailuser":     msg.T("認証の利用者名", "User to sign in with"), "mailpassword": msg.T("1行目にパスワードを書いたファイル", "File whose first line is the password"),
	"mailfrom": msg.T("送信者のアドレス", "Sender"), "mailbase": msg.T("職員用サイトのアドレス（メールの中のリンクに使います）", "Address of the staff site, for links in mail"),
	"mailoff": msg.T("メールを送らないようにします", "Send no mail any more"), "mailtest": msg.T("このアドレスに試験のメールを送ります", "Send a test mail to this address"),
	"cfgprint": msg.T("有効な設定を表示します", "Print the settings in force"),
	"register": msg.T("台帳の名前（okite registers で一覧）", "Name of the register (see okite registers)"),
	"file":     msg.T("ファイル", "File"),
}

func helpWords(lang msg.Lang) kong.Vars {
	v := kong.Vars{}
	for name, t := range help {
		v[name] = t.In(lang)
	}
	return v
}

// japaneseHelp puts the fixed words of the library's help into Japanese.
func japaneseHelp(w io.Writer) io.Writer { return helpWriter{w} }

type helpWriter struct{ w io.Writer }

var fixed = strings.NewReplacer("Usage:", "使い方:", "Flags:", "オプション:", "Commands:", "コマンド:", "Arguments:", "引数:",
	"Show context-sensitive help.", "この説明を表示します。",
	`Run "okite <command> --help" for more information on a command.`, "各コマンドの説明は okite <コマンド> --help で表示します。")

func (h helpWriter) Write(b []byte) (int, error) {
	if _, err := io.Copy(h.w, bytes.NewReader([]byte(fixed.Replace(string(b))))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// kongError puts the library's complaint into the language of the person.
func kongError(lang msg.Lang, err error) string {
	if lang != msg.JA {
		return err.Error()
	}
	s := err.Error()
	for _, p := range [][2]string{{"unknown flag ", "知らないオプションです: "}, {"missing flags: ", "必要なオプションがありません: "}, {"unexpected argument ", "余分な引数です: "},
		{"expected one of ", "次のいずれかを指定してください: "}, {"expected ", "足りない引数があります: "}, {"missing positional arguments ", "足りない引数があります: "}} {
		if rest, ok := strings.CutPrefix(s, p[0]); ok {
			return p[1] + rest
		}
	}
	return "引数を読み取れません（" + s + "）。okite --help をご覧ください。"
}
