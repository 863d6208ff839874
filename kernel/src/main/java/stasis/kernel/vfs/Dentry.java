package stasis.kernel.vfs;

import org.jspecify.annotations.Nullable;

import stasis.state.Saved;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A name in a directory, and what it names: where open files, working directories and mounts are.
 * Renames move it, so that who holds it always knows its path.
 *
 * <p>Everything here is guarded by the VFS lock. Names that do not exist have no dentry. Entries
 * stay as long as the name exists: unlike Linux, nothing is dropped under memory pressure.
 */
@Saved("vfs.Dentry")
public final class Dentry {
    /** Null at the top of a file system. */
    private @Nullable Dentry parent;

    private String name;

    /** Never changes. */
    private Inode inode;

    private Map<String, Dentry> children = new LinkedHashMap<>(0);

    private boolean unlinked;

    /** Mounts, in any namespace, that sit here. */
    private int mounts;

    @SuppressWarnings("NullAway.Init")
    private Dentry() {}

    private Dentry(@Nullable Dentry parent, String name, Inode inode) {
        this.parent = parent;
        this.name = name;
        this.inode = inode;
    }

    /** The top of a file system, or a file that has no place in any. */
    public static Dentry root(Inode inode) {
        return new Dentry(null, "", inode);
    }

    /** open(2) with O_TMPFILE: in {@code parent}, but not by name. */
    static Dentry unnamed(Dentry parent, Inode inode) {
        Dentry d = new Dentry(parent, "#" + inode.ino(), inode);
        d.unlinked = true;
        return d;
    }

    public Inode inode() {
        return inode;
    }

    public String name() {
        return name;
    }

    public @Nullable Dentry parent() {
        return parent;
    }

    /** True if the name is gone but somebody still holds the file. */
    public boolean unlinked() {
        return unlinked;
    }

    boolean isMountPoint() {
        return mounts > 0;
    }

    void mountAdded() {
        for (Dentry d = this; d.parent != null; d = d.parent) {
            d.parent.children.putIfAbsent(d.name, d);
        }
        mounts++;
    }

    void mountRemoved() {
        mounts--;
    }

    @Nullable Dentry child(String childName) {
        Dentry child = children.get(childName);
        if (child == null || child.isMountPoint() || child.inode.stillThere()) return child;
        forget(childName);
        return null;
    }

    /** A name that was looked up: remembered if the directory's names stay. */
    Dentry enter(String childName, Inode child) {
        if (inode.keepsNames()) return add(childName, child);
        return new Dentry(this, childName, child);
    }

    Dentry add(String childName, Inode child) {
        Dentry d = new Dentry(this, childName, child);
        children.put(childName, d);
        return d;
    }

    /** The name is gone. */
    void forget(String childName) {
        Dentry child = children.remove(childName);
        if (child != null) child.unlinked = true;
    }

    /** Becomes {@code newName} in {@code newParent}, in place of what was there. */
    void moveTo(Dentry newParent, String newName) {
        if (parent != null) parent.children.remove(name);
        newParent.forget(newName);
        parent = newParent;
        name = newName;
        newParent.children.put(newName, this);
    }

    /** rename(2) with RENAME_EXCHANGE. */
    void exchangeWith(Dentry other) {
        Dentry myParent = parent;
        Dentry otherParent = other.parent;
        if (myParent == null || otherParent == null) throw new IllegalStateException("root moved");
        String myName = name;
        parent = otherParent;
        name = other.name;
        other.parent = myParent;
        other.name = myName;
        otherParent.children.put(name, this);
        myParent.children.put(myName, other);
    }

    /** True if {@code other} is this or above it. */
    boolean isWithin(Dentry other) {
        for (Dentry d = this; d != null; d = d.parent) if (d == other) return true;
        return false;
    }

    /** True if a mount sits on this or anywhere below. */
    boolean hasMountsBelow() {
        if (mounts > 0) return true;
        for (Dentry c : children.values()) if (c.hasMountsBelow()) return true;
        return false;
    }
}
