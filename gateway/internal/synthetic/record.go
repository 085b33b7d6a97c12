package synthetic

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

const (
	original       = homewardv1.AssertionKind_ASSERTION_KIND_ORIGINAL
	alias          = homewardv1.AssertionKind_ASSERTION_KIND_ALIAS
	imposed        = homewardv1.AssertionKind_ASSERTION_KIND_IMPOSED
	transliterated = homewardv1.AssertionKind_ASSERTION_KIND_TRANSLITERATED

	yes = homewardv1.Tristate_TRISTATE_TRUE
	no  = homewardv1.Tristate_TRISTATE_FALSE
)

// holder is one participant's way to write a child down.
type holder struct{ id, prefix string }

func (h holder) recordID(n int) string { return fmt.Sprintf("%s-syn-%06d", h.prefix, n) }

// record is the child as the authority of origin knows it: a full one has every
// leaf of the schema, others what such files usually have.
func (h holder) record(p person) *homewardv1.ChildRecord {
	c := h.basic(p)
	if p.renamed {
		h.rename(c, p)
	}
	if p.flags {
		h.flag(c, p)
	}
	if p.full {
		h.fill(c, p)
	}
	return c
}

// basic is who the child is and where it was lost.
func (h holder) basic(p person) *homewardv1.ChildRecord {
	return &homewardv1.ChildRecord{
		Record: &homewardv1.RecordInfo{
			RecordId: h.recordID(p.n), OriginSystem: h.id, Status: "open",
			CreatedAt: "2022-06-01T08:00:00Z", UpdatedAt: "2026-05-20T10:30:00Z", RetentionUntil: "2060-12-31",
		},
		Name: &homewardv1.Name{
			Full:       h.name(p.family + " " + p.given.uk + " " + p.patronymic),
			Given:      append(h.name(p.given.uk), h.latin(p.given.uk)...),
			Patronymic: h.name(p.patronymic),
			Family:     append(h.name(p.family), h.latin(p.family)...),
		},
		Birth: &homewardv1.Birth{
			BirthDate: h.say(p.birthDate(), original), BirthDateEstimated: no, Sex: p.sex(),
			BirthPlace: []*homewardv1.Assertion{{
				Value: p.place[2] + ", " + p.place[0] + " область", Script: "Cyrl", Language: "uk",
				Kind: original, Source: h.id, AssertedAt: "2022-06-01", Reliability: "B", Credibility: 2, Place: home(p),
			}},
		},
		Origin: &homewardv1.Origin{Nationality: h.say("UA", original), Language: "uk"},
		Separation: &homewardv1.Separation{
			Date: fmt.Sprintf("2022-%02d", 3+p.n%9), Cause: "filtration", Place: home(p),
		},
		Tracing:  &homewardv1.Tracing{Status: "missing"},
		Evidence: &homewardv1.Evidence{Custody: []string{Mark}},
	}
}

func home(p person) *homewardv1.Place {
	return &homewardv1.Place{Country: "UA", Oblast: p.place[0], Raion: p.place[1], Settlement: p.place[2]}
}

// say is one assertion of this holder's own.
func (h holder) say(value string, kind homewardv1.AssertionKind) []*homewardv1.Assertion {
	return []*homewardv1.Assertion{{
		Value: value, Kind: kind, Source: h.id, AssertedAt: "2022-06-01", Reliability: "B", Credibility: 2,
	}}
}

func (h holder) name(value string) []*homewardv1.Assertion {
	a := h.say(value, original)
	a[0].Script, a[0].Language = "Cyrl", "uk"
	return a
}

func (h holder) latin(value string) []*homewardv1.Assertion {
	a := h.say(title(value), transliterated)
	a[0].Script, a[0].Language, a[0].TransliterationOf = "Latn", "uk", homewardv1.Identity_IDENTITY_ORIGINAL
	return a
}

// imposedName is what Russian papers say; it is known from a listing.
func (h holder) imposedName(value string) *homewardv1.Assertion {
	return &homewardv1.Assertion{
		Value: value, Script: "Cyrl", Language: "ru", Kind: imposed,
		Source: "listing", AssertedAt: "2023-11", Reliability: "C", Credibility: 3,
	}
}

// rename adds the imposed identity and the listing that shows it.
func (h holder) rename(c *homewardv1.ChildRecord, p person) {
	c.Name.Full = append(c.Name.Full, h.imposedName(p.given.ru+" "+p.imposedFamily))
	c.Name.Given = append(c.Name.Given, h.imposedName(p.given.ru))
	c.Name.Family = append(c.Name.Family, h.imposedName(p.imposedFamily))
	c.Birth.BirthDate = append(c.Birth.BirthDate, h.imposedName(p.imposedBorn))
	c.Birth.BirthDate[1].Script, c.Birth.BirthDate[1].Language = "", ""
	c.Origin.ImposedCitizenship = "RU"
	digest := sha256.Sum256([]byte(Mark + h.recordID(p.n)))
	c.Listing = &homewardv1.Listing{
		Source: "synthetic listing", ListedName: p.given.ru, ListedAge: int32(2023 - p.born.Year()),
		Url:           fmt.Sprintf("https://listing.example/synthetic/%d", p.n),
		ArchiveSha256: hex.EncodeToString(digest[:]), SiblingsListed: int32(len(p.siblings)),
	}
}

func state(b bool) homewardv1.Tristate {
	if b {
		return yes
	}
	return no
}

// flag states every flag and consent.
func (h holder) flag(c *homewardv1.ChildRecord, p person) {
	c.Flags = &homewardv1.Flags{
		LocationProtected: state(p.protectedHome), PublicityForbidden: state(p.captorRisk && p.protectedHome), LitigationHold: no,
		CaptorRisk: state(p.captorRisk), HoldByOrigin: no, SafeAndReachable: no,
	}
	given := func(t homewardv1.Tristate) *homewardv1.ConsentItem {
		return &homewardv1.ConsentItem{
			Given: t, Giver: "mother", Authority: "parental responsibility", Date: "2022-06-02", ReviewDate: "2027-06-02",
		}
	}
	c.Consent = &homewardv1.Consent{
		ForTracing: given(yes), DiscloseToOthers: given(yes), ForServices: given(no), DenyDetails: given(no),
		Sharing: []string{"tracing", "return"}, LegitimateBasis: []string{"GDPR 6(1)(e)"},
	}
}

// fill adds what only a full record has.
func (h holder) fill(c *homewardv1.ChildRecord, p person) {
	c.Record.Version, c.Record.ReliabilityBand = "3", "high"
	c.Name.Nickname, c.Name.Other = h.say("Сонечко", alias), h.say(p.given.uk+" "+p.family, alias)
	c.Birth.Age = h.say(fmt.Sprint(2026-p.born.Year()), original)
	c.Documents = h.documents(p)
	c.Origin.Ethnicity, c.Origin.Religion = "not stated", "not stated"
	c.Origin.LastAddress = home(p)
	c.Origin.LastAddress.Point = fmt.Sprintf("вул. Вигадана, %d", 1+p.n%90)
	c.Family = h.family(p)
	region := &homewardv1.Place{Country: p.facility[1], Oblast: p.facility[2]}
	c.Displacement = &homewardv1.Displacement{
		TransferRoute: []*homewardv1.Place{home(p), region},
		FacilityType:  p.facility[0], FacilityRegion: region, FacilityName: p.facility[3],
	}
	c.Current = &homewardv1.Current{
		Location: &homewardv1.Place{Country: p.facility[1], Oblast: p.facility[2], Settlement: "Вымышленск", Point: "ул. Вымышленная, 1"},
		CareType: "institution", Caregiver: "synthetic caregiver", Telephone: fmt.Sprintf("+7000%06d", p.n), OutsideControlledArea: yes,
	}
	h.physical(c, p)
	c.Protection = &homewardv1.Protection{
		Concerns: []string{"separated", "renamed"}, RiskLevel: "high", Disability: "none known", MilitaryTraining: "reported at camp",
	}
	c.Tracing.MatchedRequestIds = []string{fmt.Sprintf("tr-syn-%06d", p.n)}
	c.Evidence.SourceUrls = []string{fmt.Sprintf("https://archive.example/synthetic/%d", p.n)}
	c.Evidence.IccRef = fmt.Sprintf("icc-syn-%06d", p.n)
	if c.Consent != nil {
		c.Consent.ChildViews = "wants to go home to the family"
	}
}

// documents have numbers that no office gives out.
func (h holder) documents(p person) *homewardv1.Documents {
	d := &homewardv1.Documents{
		NationalId:         fmt.Sprintf("0000%06d", p.serial),
		BirthCertificateNo: fmt.Sprintf("І-СН %06d", p.serial),
		PassportNo:         fmt.Sprintf("ХХ%06d", p.serial),
		IcrcRef:            fmt.Sprintf("SYN-%06d", p.serial),
		UnhcrId:            fmt.Sprintf("000-%06d", p.serial),
	}
	if p.renamed {
		d.ImposedPassportNo = fmt.Sprintf("0000 %06d", p.serial)
	}
	return d
}

func (h holder) family(p person) *homewardv1.Family {
	f := &homewardv1.Family{
		GuardianStatus: "mother is looking for the child",
		Members: []*homewardv1.FamilyMember{
			{Relation: "mother", Name: p.mother, Alive: yes, Phone: fmt.Sprintf("+380000%06d", p.n), CurrentLocation: &homewardv1.Place{Country: "PL", Settlement: "Kraków"}},
			{Relation: "father", Name: p.father, Alive: homewardv1.Tristate_TRISTATE_UNSPECIFIED},
		},
	}
	for _, s := range p.siblings {
		f.SiblingRecordIds = append(f.SiblingRecordIds, h.recordID(s))
	}
	return f
}

func (h holder) physical(c *homewardv1.ChildRecord, p person) {
	photo := picture(p.n)
	sum := sha256.Sum256(photo)
	c.Physical = &homewardv1.Physical{
		Photo: photo, PhotoSha256: hex.EncodeToString(sum[:]), PerceptualHash: hex.EncodeToString(sum[:8]),
		Eye: [...]string{"brown", "grey", "blue", "green"}[p.n%4], Hair: [...]string{"fair", "dark", "brown"}[p.n%3],
		Marks: "scar on the left knee (synthetic)", HealthGroup: "II",
	}
}

// picture is a PNG of 16 by 16 squares in two colours: nobody's face.
func picture(n int) []byte {
	img := image.NewPaletted(image.Rect(0, 0, 16, 16), color.Palette{
		color.RGBA{uint8(n), uint8(n >> 8), 120, 255}, color.RGBA{230, 230, uint8(n * 7), 255},
	})
	for i := range img.Pix {
		img.Pix[i] = uint8((i*(n+3) + i/16) % 2)
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a bytes.Buffer does not fail
	return b.Bytes()
}
