-- How names are compared: in Bangla or English, whatever the spelling.

-- Its functions are everybody's, as those of an extension are; so they stand apart from ours.
CREATE SCHEMA trigrams;
GRANT USAGE ON SCHEMA trigrams TO skylink_gate;
CREATE EXTENSION pg_trgm SCHEMA trigrams;
CREATE EXTENSION btree_gin SCHEMA trigrams;  -- so that an index of trigrams can begin with the ISP

-- A name in small Latin letters and digits, words apart by one space and the first after one: রহিম
-- becomes " rahim". What is of neither script stays as it is.
CREATE FUNCTION name_spelling(said text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    spelt text := lower(normalize(said, NFKC));  -- ড়, ঢ় and য় are then two signs each
BEGIN
    IF spelt ~ '[ঀ-৿]' THEN
        spelt := replace(replace(replace(spelt, 'মোঃ', 'md '), 'মো:', 'md '), 'মো.', 'md ');
        spelt := replace(replace(replace(spelt, '্য', 'y'), '্ব', 'w'), 'ং', 'ng');
        spelt := regexp_replace(spelt, '([ক-হৎ]়?)(?=[ক-হ])', '\1a', 'g');  -- the vowel that is not written
        spelt := replace(replace(replace(spelt, 'ড়', 'r'), 'ঢ়', 'r'), 'য়', 'y');
        spelt := replace(replace(replace(spelt, 'খ', 'kh'), 'ঘ', 'gh'), 'চ', 'ch');
        spelt := replace(replace(replace(spelt, 'ছ', 'ch'), 'ঝ', 'jh'), 'ঠ', 'th');
        spelt := replace(replace(replace(spelt, 'ঢ', 'dh'), 'থ', 'th'), 'ধ', 'dh');
        spelt := replace(replace(replace(spelt, 'ভ', 'bh'), 'শ', 'sh'), 'ষ', 'sh');
        spelt := translate(spelt,
            'অআইঈউঊঋএঐওঔািীুূৃেৈোৌকগঙজঞটডণতৎদনপফবমযরলসহ০১২৩৪৫৬৭৮৯্ঁঃ়' || U&'\200C\200D',
            'aaiiuureoooaiiuureoookgnjntdnttdnpfbmjrlsh0123456789');
    END IF;
    RETURN ' ' || btrim(regexp_replace(spelt, '[\u0001-\u002f\u003a-\u0060\u007b-\u00a0।]+', ' ', 'g'));
END $$;

-- What is heard of a spelling: one letter for consonants that are written for one another, the vowel
-- that a word begins with, no other vowels. Rahim, Raheem and রহিম are rhm. Each word once.
CREATE FUNCTION name_sounds(spelling text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    heard text := replace(replace(spelling, 'chh', 'C'), 'ch', 'C');
BEGIN
    heard := regexp_replace(heard, '([bdgjkprstz])h', '\1', 'g');
    heard := translate(heard, 'fvzqxcC', 'pbjkkkc');
    heard := regexp_replace(heard, '([aeiou])h?\M', '\1', 'g');  -- Mollah, Miah
    heard := regexp_replace(heard, '\m[aeiouyw]+', 'A', 'g');
    heard := lower(translate(heard, 'aeiouyw', ''));
    heard := regexp_replace(heard, '([a-z])\1+', '\1', 'g');
    heard := regexp_replace(heard, '\mmh?m?d\M', 'md', 'g');  -- Md, Mohd, Mohammad
    RETURN ARRAY(SELECT DISTINCT word FROM regexp_split_to_table(heard, ' +') AS word WHERE word <> '');
END $$;
