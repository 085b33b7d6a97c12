// Package asice writes and reads ASiC-E containers with one CAdES signature
// (ETSI EN 319 162-1, EN 319 122-1): what a court's tools open. A container is
// canonical: one list of files, one signer and one time of signing have one form
// but for the signature, and what is in another form is refused, so that every
// byte of a container is accounted for. It is pure.
package asice

import (
	"archive/zip"
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"hash/crc32"
	"io"
	"path"
	"strings"
	"time"

	"homeward.example/gateway/internal/problem"
)

// Problems of a container.
const (
	// CodeContainer: not a container, or not in the one form.
	CodeContainer problem.Code = "evidence_container"
	// CodeSignature: the signature does not cover the files.
	CodeSignature problem.Code = "evidence_signature"
)

// File is one file of a container.
type File struct {
	Name    string // "decision.json"; no folders but those in the name
	Type    string // its media type
	Content []byte
}

// Container is what was read: the files in their order, and who signed them when.
type Container struct {
	Files       []File
	Certificate *x509.Certificate
	SignedAt    time.Time
}

// Names that the standard gives.
const (
	mimeName      = "mimetype"
	mimeType      = "application/vnd.etsi.asic-e+zip"
	manifestName  = "META-INF/ASiCManifest.xml"
	signatureName = "META-INF/signature.p7s"
)

// Limits of a container that is read.
const (
	MaxSize  = 64 << 20
	maxFiles = 64
)

// Write makes a container, signed with the certificate's key.
func Write(files []File, cert *x509.Certificate, key crypto.Signer, at time.Time) ([]byte, error) {
	for _, f := range files {
		if !goodName(f.Name) {
			return nil, problem.Mismatch(CodeContainer, "name of a file", "letters, digits, ./-_", f.Name)
		}
	}
	signature, err := sign(manifest(files), cert, key, at)
	if err != nil {
		return nil, err
	}
	return archive(files, signature)
}

func archive(files []File, signature []byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	all := append([]File{{Name: mimeName, Content: []byte(mimeType)}}, files...)
	all = append(all, File{Name: manifestName, Content: manifest(files)}, File{Name: signatureName, Content: signature})
	for _, f := range all {
		// Stored, with sizes in front and no time: one list of files has one form.
		entry, err := w.CreateRaw(&zip.FileHeader{
			Name: f.Name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(f.Content),
			CompressedSize64: uint64(len(f.Content)), UncompressedSize64: uint64(len(f.Content)),
		})
		if err != nil {
			return nil, problem.Wrap(CodeContainer, f.Name, err)
		}
		if _, err := entry.Write(f.Content); err != nil {
			return nil, problem.Wrap(CodeContainer, f.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, problem.Wrap(CodeContainer, "archive", err)
	}
	return out.Bytes(), nil
}

// manifest lists the files with their hashes: it is what is signed.
func manifest(files []File) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + "\n" +
		`<asic:SigReference URI="` + signatureName + `" MimeType="application/x-pkcs7-signature"/>` + "\n")
	for _, f := range files {
		sum := sha256.Sum256(f.Content)
		b.WriteString(`<asic:DataObjectReference URI="` + f.Name + `" MimeType="` + f.Type + `">` +
			`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>` +
			`<ds:DigestValue>` + base64.StdEncoding.EncodeToString(sum[:]) + `</ds:DigestValue></asic:DataObjectReference>` + "\n")
	}
	b.WriteString("</asic:ASiCManifest>\n")
	return []byte(b.String())
}

// Read opens a container and checks its form and its signature. Whether the
// certificate is one that the registry names is for the caller to check. types
// gives the media type of each file that may be in it.
func Read(raw []byte, types map[string]string) (Container, error) {
	if len(raw) > MaxSize {
		return Container{}, problem.Mismatch(CodeContainer, "size", "at most 64 MiB", "more")
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return Container{}, problem.Wrap(CodeContainer, "archive", err)
	}
	files, err := unpack(r)
	if err != nil {
		return Container{}, err
	}
	n := len(files) - 2
	if n < 2 || files[0].Name != mimeName || files[n].Name != manifestName || files[n+1].Name != signatureName {
		return Container{}, problem.New(CodeContainer, "files: expected mimetype, those of the evidence, the manifest and one signature")
	}
	signature, written := files[n+1].Content, files[n].Content
	files = files[1:n]
	for i, f := range files {
		t, known := types[f.Name]
		if !known || !goodName(f.Name) {
			return Container{}, problem.Mismatch(CodeContainer, "files", "those of the evidence", f.Name)
		}
		files[i].Type = t
	}
	c := Container{Files: files}
	if c.Certificate, c.SignedAt, err = verify(signature, written); err != nil {
		return Container{}, err
	}
	return c, canonical(raw, files, written, signature)
}

// canonical: what was read, written again, is what was read.
func canonical(raw []byte, files []File, written, signature []byte) error {
	if want := manifest(files); !bytes.Equal(want, written) {
		return problem.New(CodeSignature, manifestName+": "+differing(files, written))
	}
	again, err := archive(files, signature)
	if err == nil && !bytes.Equal(again, raw) {
		err = problem.New(CodeContainer, "archive: not in the one form")
	}
	return err
}

// differing names the file whose hash the manifest does not have.
func differing(files []File, written []byte) string {
	for _, f := range files {
		sum := sha256.Sum256(f.Content)
		if !bytes.Contains(written, []byte(base64.StdEncoding.EncodeToString(sum[:]))) {
			return "the hash of " + f.Name + " is another"
		}
	}
	return "not in the one form"
}

func unpack(r *zip.Reader) ([]File, error) {
	if len(r.File) > maxFiles {
		return nil, problem.New(CodeContainer, "files: too many")
	}
	var files []File
	left := int64(MaxSize)
	for _, entry := range r.File {
		if entry.Method != zip.Store {
			return nil, problem.New(CodeContainer, "archive: a compressed file")
		}
		f, err := entry.Open()
		if err != nil {
			return nil, problem.Wrap(CodeContainer, "archive", err)
		}
		content, err := io.ReadAll(io.LimitReader(f, left+1))
		if err != nil || int64(len(content)) > left {
			return nil, problem.Wrap(CodeContainer, "archive", err)
		}
		left -= int64(len(content))
		files = append(files, File{Name: entry.Name, Content: content})
	}
	return files, nil
}

// goodName keeps names out that mean something to a file system or to XML.
func goodName(name string) bool {
	return name != "" && path.Clean(name) == name && !strings.HasPrefix(name, "META-INF/") && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("./-_", r))
	}) && !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, ".")
}

// Get returns the content of a file.
func (c Container) Get(name string) ([]byte, bool) {
	for _, f := range c.Files {
		if f.Name == name {
			return f.Content, true
		}
	}
	return nil, false
}
