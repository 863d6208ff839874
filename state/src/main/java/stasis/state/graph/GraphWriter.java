package stasis.state.graph;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Output;

import stasis.state.SavedTypes;
import stasis.state.UnsavableException;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes an object graph: every entity once, in the order reached from the root, references by
 * number. Nothing recurses over entities, so a list may be as long as memory allows. Equal graphs
 * give equal bytes.
 *
 * <p>Collections and arrays belong to the field that holds them: two fields with the same list come
 * back as two lists. {@code @BeforeSave} hooks run when their entity is first reached.
 *
 * <p>One thread at a time; all that could change the graph must be stopped.
 */
public final class GraphWriter {
    private final Layouts layouts;
    private int expected = 1024;

    public GraphWriter(SavedTypes types) {
        types.requireLeafRecords();
        this.layouts = new Layouts(types);
    }

    /**
     * @throws UnsavableException if something in the graph cannot be saved
     */
    public byte[] write(Object root) {
        Saving saving = save(root);
        Output head = head(saving);
        byte[] all = new byte[Math.addExact(head.position(), saving.out.position())];
        System.arraycopy(head.getBuffer(), 0, all, 0, head.position());
        System.arraycopy(saving.out.getBuffer(), 0, all, head.position(), saving.out.position());
        return all;
    }

    /** The same bytes, after all of them are made: an unsavable graph writes nothing. */
    public void write(Object root, OutputStream to) throws IOException {
        Saving saving = save(root);
        Output head = head(saving);
        to.write(head.getBuffer(), 0, head.position());
        to.write(saving.out.getBuffer(), 0, saving.out.position());
    }

    private Saving save(Object root) {
        Saving saving = new Saving(layouts, expected);
        try {
            saving.run(root);
        } catch (Defect e) {
            String path = e.path().isEmpty() ? root.getClass().getSimpleName() : e.path();
            throw new UnsavableException(path, e.why(), e);
        } catch (KryoException | NegativeArraySizeException e) {
            throw new UnsavableException(
                    root.getClass().getSimpleName(), "the graph does not fit in 2 GiB", e);
        }
        expected = saving.entities().size() + 1024;
        return saving;
    }

    private Output head(Saving saving) {
        Output head = new Output(1 << 16, -1);
        StreamHead.write(head, saving.resolver().registrations());
        head.writeVarInt(saving.entities().size(), true);
        for (Object entity : saving.entities()) {
            Layout layout = layouts.required(entity);
            head.writeVarInt(saving.resolver().registration(layout).getId(), true);
        }
        return head;
    }
}
