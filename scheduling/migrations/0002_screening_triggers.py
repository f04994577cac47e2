from django.db import migrations

# What patients answered, and the wording they answered, stay as they were.
APPEND_ONLY = """
CREATE TRIGGER screening_append_only BEFORE UPDATE OR DELETE ON scheduling_screening
    FOR EACH ROW EXECUTE FUNCTION scheduling_refuse_change();
"""
APPEND_ONLY_UNDO = "DROP TRIGGER screening_append_only ON scheduling_screening;"

# FOR SHARE waits for a publication in progress, so that no question slips in beside it.
FROZEN = """
CREATE FUNCTION scheduling_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version is frozen'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION scheduling_refuse_change_in_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM scheduling_version
        WHERE id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                     CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)
        FOR SHARE;
    IF EXISTS (SELECT 1 FROM scheduling_version
               WHERE published_at IS NOT NULL
                 AND id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                            CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END)) THEN
        RAISE EXCEPTION 'a published version is frozen'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_frozen_once_published BEFORE UPDATE OR DELETE ON scheduling_version
    FOR EACH ROW EXECUTE FUNCTION scheduling_refuse_change_of_published();
CREATE TRIGGER question_frozen_once_published BEFORE INSERT OR UPDATE OR DELETE ON scheduling_question
    FOR EACH ROW EXECUTE FUNCTION scheduling_refuse_change_in_published();
CREATE TRIGGER rule_frozen_once_published BEFORE INSERT OR UPDATE OR DELETE ON scheduling_rule
    FOR EACH ROW EXECUTE FUNCTION scheduling_refuse_change_in_published();
"""
FROZEN_UNDO = """
DROP TRIGGER rule_frozen_once_published ON scheduling_rule;
DROP TRIGGER question_frozen_once_published ON scheduling_question;
DROP TRIGGER version_frozen_once_published ON scheduling_version;
DROP FUNCTION scheduling_refuse_change_in_published();
DROP FUNCTION scheduling_refuse_change_of_published();
"""

# Only a frozen version of the same questionnaire can be in force, and only such a one is answered.
IN_FORCE = """
CREATE FUNCTION scheduling_check_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM scheduling_version
        WHERE id = NEW.version_id AND questionnaire_id = NEW.questionnaire_id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'not a published version of this questionnaire'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'publication_of_published_version';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publication_of_published_version BEFORE INSERT OR UPDATE ON scheduling_publication
    FOR EACH ROW EXECUTE FUNCTION scheduling_check_publication();
CREATE FUNCTION scheduling_check_screening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM scheduling_version WHERE id = NEW.version_id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a draft cannot be answered'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'screening_of_published_version';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER screening_of_published_version BEFORE INSERT ON scheduling_screening
    FOR EACH ROW EXECUTE FUNCTION scheduling_check_screening();
"""
IN_FORCE_UNDO = """
DROP TRIGGER screening_of_published_version ON scheduling_screening;
DROP FUNCTION scheduling_check_screening();
DROP TRIGGER publication_of_published_version ON scheduling_publication;
DROP FUNCTION scheduling_check_publication();
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_UNDO),
        migrations.RunSQL(FROZEN, FROZEN_UNDO),
        migrations.RunSQL(IN_FORCE, IN_FORCE_UNDO),
    ]
